// TorchScript files: loading, running, saving, and what they hold.
#include "common.h"

#include <torch/csrc/jit/runtime/graph_executor.h>
#include <torch/script.h>

#include <sstream>

using torch::jit::Module;

namespace {

// Tensors by name. The names are one string, each ended by a zero byte, in the order of the handles.
Tensor** named(const std::vector<std::pair<std::string, Tensor>>& list, int32_t* count, char** names) {
    std::string all;
    std::vector<Tensor> values;
    for (const auto& entry : list) {
        all += entry.first;
        all += '\0';
        values.push_back(entry.second);
    }
    Tensor** handles = give_all(count, [&] { return values; });
    if (handles != nullptr) {
        *names = new char[all.size() + 1];
        std::copy(all.begin(), all.end(), *names);
    }
    return handles;
}

template <class List>
std::vector<std::pair<std::string, Tensor>> pairs(const List& list) {
    std::vector<std::pair<std::string, Tensor>> found;
    for (const auto& entry : list) {
        found.emplace_back(entry.name, entry.value);
    }
    return found;
}

template <class F>
Module* give_module(F&& load) {
    Module* module = nullptr;
    carry_out([&] { module = new Module(load()); });
    return module;
}

}  // namespace

GRID_API void grid_text_free(char* text) { delete[] text; }

GRID_API Module* grid_jit_load(const char* path) {
    return give_module([&] { return torch::jit::load(std::string(path), c10::Device(c10::kCPU)); });
}

GRID_API Module* grid_jit_load_bytes(const char* bytes, int64_t length) {
    return give_module([&] {
        std::istringstream stream(std::string(bytes, static_cast<size_t>(length)));
        return torch::jit::load(stream, c10::Device(c10::kCPU));
    });
}

GRID_API void grid_jit_free(Module* module) { delete module; }

GRID_API int grid_jit_save(const Module* module, const char* path) {
    return carry_out([&] { module->save(std::string(path)); });
}

GRID_API int grid_jit_train(Module* module, int32_t on) {
    return carry_out([&] { module->train(on != 0); });
}

GRID_API int32_t grid_jit_is_training(const Module* module) {
    int32_t answer = -1;
    carry_out([&] { answer = module->is_training() ? 1 : 0; });
    return answer;
}

GRID_API Tensor** grid_jit_parameters(const Module* module, int32_t* count, char** names) {
    return named(pairs(module->named_parameters()), count, names);
}

GRID_API Tensor** grid_jit_buffers(const Module* module, int32_t* count, char** names) {
    return named(pairs(module->named_buffers()), count, names);
}

// One tensor: kind 0. A tuple or list of tensors: kind 1. Anything else is refused.
// The graph runs as written: the optimiser would take other kernels from the second call on, with other roundings.
GRID_API Tensor** grid_jit_forward(Module* module, Tensor* const* inputs, int32_t input_count, int32_t* count, int32_t* kind) {
    return give_all(count, [&]() -> std::vector<Tensor> {
        torch::jit::GraphOptimizerEnabledGuard as_written(false);
        std::vector<c10::IValue> arguments;
        for (int32_t i = 0; i < input_count; i++) {
            arguments.emplace_back(*inputs[i]);
        }
        const c10::IValue result = module->forward(std::move(arguments));
        *kind = result.isTensor() ? 0 : 1;
        if (result.isTensor()) {
            return {result.toTensor()};
        }
        if (result.isTensorList()) {
            return result.toTensorVector();
        }
        TORCH_CHECK(result.isTuple(), "forward() gave a ", result.tagKind(), "; a tensor, or a tuple or list of tensors, is wanted.");
        std::vector<Tensor> list;
        for (const auto& element : result.toTupleRef().elements()) {
            TORCH_CHECK(element.isTensor(), "forward() gave a tuple with a ", element.tagKind(), "; only tensors can be taken.");
            list.push_back(element.toTensor());
        }
        return list;
    });
}
