// Keeps freed tensors' memory for the next one. A training step asks for the same sizes each time, and the
// general allocator gives large blocks back to the kernel in between: each page is then faulted in and cleared anew.
#include <c10/core/Allocator.h>
#include <c10/core/CPUAllocator.h>
#include <c10/util/Exception.h>

#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <mutex>
#include <vector>

namespace {

constexpr size_t alignment = 64;

// Below this the general allocator is as fast; above it a block is worth keeping.
constexpr size_t size_min = 4096;

// What all shelves together keep, at most: a quarter of the machine's memory. More is given back.
size_t bytes_kept_max() {
    static const size_t most = static_cast<size_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<size_t>(sysconf(_SC_PAGESIZE)) / 4;
    return most;
}

// A class is an eighth of a power of two wide: at most an eighth of a block is wasted.
constexpr int classes_per_doubling = 8;
constexpr int class_count = classes_per_doubling * 52;

struct SizeClass {
    int index;
    size_t size;
};

SizeClass class_of(size_t bytes) {
    const int doubling = 63 - __builtin_clzll(bytes | 1);
    const size_t step = (size_t{1} << doubling) / classes_per_doubling;
    const size_t parts = (bytes + step - 1) / step;  // 8 to 16
    return {doubling * classes_per_doubling + static_cast<int>(parts) - classes_per_doubling, parts * step};
}

// Common to all threads: what one frees, another can use. The lock is held for a few instructions.
struct Shelf {
    std::mutex mutex;
    std::vector<void*> blocks;
};

struct Shelves {
    std::array<Shelf, class_count + 1> shelves;
    std::atomic<size_t> bytes_kept{0};
};

// Never destroyed: tensors are freed by finalisers until the very end of the process.
Shelves& shelves() {
    static auto* const all = new Shelves;
    return *all;
}

void* take(SizeClass wanted) {
    Shelf& shelf = shelves().shelves[static_cast<size_t>(wanted.index)];
    std::lock_guard<std::mutex> lock(shelf.mutex);
    if (shelf.blocks.empty()) {
        return nullptr;
    }
    void* block = shelf.blocks.back();
    shelf.blocks.pop_back();
    shelves().bytes_kept.fetch_sub(wanted.size, std::memory_order_relaxed);
    return block;
}

bool put_back(void* block, SizeClass its) {
    if (shelves().bytes_kept.fetch_add(its.size, std::memory_order_relaxed) + its.size > bytes_kept_max()) {
        shelves().bytes_kept.fetch_sub(its.size, std::memory_order_relaxed);
        return false;
    }
    Shelf& shelf = shelves().shelves[static_cast<size_t>(its.index)];
    std::lock_guard<std::mutex> lock(shelf.mutex);
    shelf.blocks.push_back(block);
    return true;
}

void empty_all() {
    for (Shelf& shelf : shelves().shelves) {
        std::vector<void*> blocks;
        {
            std::lock_guard<std::mutex> lock(shelf.mutex);
            blocks.swap(shelf.blocks);
        }
        for (void* block : blocks) {
            shelves().bytes_kept.fetch_sub(class_of(*static_cast<size_t*>(block)).size, std::memory_order_relaxed);
            std::free(block);
        }
    }
}

// A block begins with its size, in a line of its own, so that what follows stays aligned.
constexpr size_t header = alignment;

void release(void* memory) {
    if (memory == nullptr) {
        return;
    }
    void* block = static_cast<char*>(memory) - header;
    const size_t bytes = *static_cast<size_t*>(block);
    if (bytes < size_min || !put_back(block, class_of(bytes))) {
        std::free(block);
    }
}

// From here on a block lies on huge pages where the kernel has some: a pass over it then misses the TLB a hundred times less often.
constexpr size_t huge_page = size_t{1} << 21;

void* system_block(size_t bytes) {
    void* block = nullptr;
    const bool is_huge = bytes >= huge_page;
    if (posix_memalign(&block, is_huge ? huge_page : alignment, bytes) != 0) {
        return nullptr;
    }
    if (is_huge) {
        madvise(block, bytes, MADV_HUGEPAGE);  // advice: whether it is taken changes no result
    }
    return block;
}

struct KeepingAllocator final : c10::Allocator {
    c10::DataPtr allocate(size_t count) const override {
        const c10::Device cpu(c10::DeviceType::CPU);
        if (count == 0) {
            return {nullptr, nullptr, &release, cpu};
        }
        TORCH_CHECK(count <= (size_t{1} << 48), "not enough memory: a tensor of ", count, " bytes was asked for.");
        size_t bytes = count + header;
        void* block = nullptr;
        if (bytes >= size_min) {
            const SizeClass wanted = class_of(bytes);
            bytes = wanted.size;
            block = take(wanted);
        }
        if (block == nullptr) {
            block = system_block(bytes);
            if (block == nullptr) {
                empty_all();
                block = system_block(bytes);
            }
            TORCH_CHECK(block != nullptr, "not enough memory: a tensor of ", count, " bytes was asked for.");
            *static_cast<size_t*>(block) = bytes;
        }
        void* memory = static_cast<char*>(block) + header;
        return {memory, memory, &release, cpu};
    }

    c10::DeleterFnPtr raw_deleter() const override { return &release; }
};

// Before the first tensor: the default has a lower priority, in whatever order the two are set.
[[maybe_unused]] const bool installed = [] {
    static KeepingAllocator allocator;
    c10::SetCPUAllocator(&allocator, 1);
    return true;
}();

}  // namespace
