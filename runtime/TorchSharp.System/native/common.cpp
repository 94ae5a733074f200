#include "common.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Parallel.h>
#include <omp.h>

#include <atomic>
#include <string>

namespace {

thread_local std::string message;

// Each change of the number of threads has a number of its own, so that a thread sees whether it lags behind.
// OpenMP keeps the number for each thread apart: setting it on one thread says nothing to the others.
std::atomic<int> threads_asked{0};
std::atomic<int> threads_change{0};
thread_local int threads_seen = 0;

}  // namespace

namespace grid {

void keep_message() noexcept {
    try {
        throw;
    } catch (const c10::Error& error) {
        message = error.what_without_backtrace();
    } catch (const std::bad_alloc&) {
        message = "not enough memory";
    } catch (const std::exception& error) {
        message = error.what();
    } catch (...) {
        message = "libtorch threw something that is no std::exception";
    }
}

void enter() {
    const int change = threads_change.load(std::memory_order_acquire);
    if (change != threads_seen) {
        threads_seen = change;
        at::init_num_threads();
        omp_set_num_threads(threads_asked.load(std::memory_order_relaxed));
    }
}

at::Scalar scalar(GridScalar value) {
    switch (value.kind) {
        case 0: return at::Scalar(value.real);
        case 1: return at::Scalar(value.integer);
        default: return at::Scalar(value.integer != 0);
    }
}

}  // namespace grid

// The message of this thread's last failure, UTF-8.
GRID_API const char* grid_message() { return message.c_str(); }

GRID_API void grid_array_free(Tensor** handles) { delete[] handles; }

GRID_API int grid_threads() { return threads_asked.load() > 0 ? threads_asked.load() : at::get_num_threads(); }

GRID_API int grid_threads_set(int32_t count) {
    return carry_out([&] {
        at::set_num_threads(count);
        threads_asked.store(count, std::memory_order_relaxed);
        threads_change.fetch_add(1, std::memory_order_release);
    });
}

GRID_API int grid_interop_threads() { return at::get_num_interop_threads(); }

GRID_API int grid_interop_threads_set(int32_t count) {
    return carry_out([&] { at::set_num_interop_threads(count); });
}

GRID_API at::Generator* grid_generator_default() {
    return new at::Generator(at::detail::getDefaultCPUGenerator());
}

GRID_API at::Generator* grid_generator_new(uint64_t seed) {
    return new at::Generator(at::make_generator<at::CPUGeneratorImpl>(seed));
}

GRID_API void grid_generator_free(at::Generator* generator) { delete generator; }

GRID_API void grid_generator_seed(at::Generator* generator, uint64_t seed) {
    std::lock_guard<std::mutex> lock(generator->mutex());
    generator->set_current_seed(seed);
}

GRID_API uint64_t grid_generator_initial_seed(at::Generator* generator) { return generator->current_seed(); }
