#include "filters/findings.hpp"

#include <algorithm>

namespace bordergate {

void Findings::saw(ClassSet classes_found, std::string_view entity, std::string_view pointer) {
    classes |= classes_found;
    ++values;
    if (!entity.empty()) {
        const auto known = entities.find(entity);
        if (known == entities.end())
            entities.emplace(entity, 1);
        else
            ++known->second;
    }
    if (pointers.size() >= most_pointers || pointer.empty()) return;
    if (std::find(pointers.begin(), pointers.end(), pointer) == pointers.end()) pointers.emplace_back(pointer);
}

}  // namespace bordergate
