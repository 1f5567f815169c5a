// Memory of coroutine frames. A request makes some thirty of them, always of the same sizes: each thread keeps what it
// freed, by size, and gives it out again. After a rush they lie scattered over many pages, so what stays unused is given back.
#pragma once

#include <cstddef>

namespace bordergate {

/// Memory for a frame of `size` bytes, and back. Throws std::bad_alloc. May be freed on another thread than it was
/// made on. Under AddressSanitizer nothing is kept, so that a frame used after its end is seen.
void* allocate_frame(std::size_t size);
void free_frame(void* memory, std::size_t size) noexcept;

/// Frees the frames that this thread keeps and did not need since it last called this; how many bytes.
std::size_t give_back_frames() noexcept;

/// A promise that derives from this has its frame from there.
struct FrameMemory {
    static void* operator new(std::size_t size) { return allocate_frame(size); }
    static void operator delete(void* memory, std::size_t size) noexcept { free_frame(memory, size); }
};

}  // namespace bordergate
