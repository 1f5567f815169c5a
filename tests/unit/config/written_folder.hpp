// A folder of its own for a test that needs files, gone with the test.
#pragma once

#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace bordergate::testing {

class WrittenFolder {
  public:
    WrittenFolder() {
        std::string pattern =
            (std::filesystem::temp_directory_path() / "bordergate-XXXXXX").string();
        path_ = ::mkdtemp(pattern.data());
    }
    ~WrittenFolder() {
        std::error_code error;
        std::filesystem::remove_all(path_, error);
    }
    WrittenFolder(const WrittenFolder&) = delete;
    WrittenFolder& operator=(const WrittenFolder&) = delete;

    const std::filesystem::path& path() const { return path_; }
    /// Writes a file with `mode`, and the folders it stands in.
    std::filesystem::path write(const std::string& name, const std::string& content,
                                mode_t mode = 0600) const {
        const auto file = path_ / name;
        std::filesystem::create_directories(file.parent_path());
        std::ofstream(file, std::ios::binary) << content;
        ::chmod(file.c_str(), mode);
        return file;
    }

  private:
    std::filesystem::path path_;
};

}  // namespace bordergate::testing
