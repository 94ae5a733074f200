// Other shapes of the same numbers, parts of them, and copies.
#include "common.h"

#include <ATen/TensorIndexing.h>

using namespace at::indexing;

GRID_API Tensor* grid_view(const Tensor* x, const int64_t* size, int32_t count) {
    return give([&] { return x->view(shape(size, count)); });
}

GRID_API Tensor* grid_reshape(const Tensor* x, const int64_t* size, int32_t count) {
    return give([&] { return x->reshape(shape(size, count)); });
}

GRID_API Tensor* grid_expand(const Tensor* x, const int64_t* size, int32_t count, int32_t implicit) {
    return give([&] { return x->expand(shape(size, count), implicit != 0); });
}

GRID_API Tensor* grid_repeat(const Tensor* x, const int64_t* size, int32_t count) {
    return give([&] { return x->repeat(shape(size, count)); });
}

GRID_API Tensor* grid_permute(const Tensor* x, const int64_t* order, int32_t count) {
    return give([&] { return x->permute(shape(order, count)); });
}

GRID_API Tensor* grid_as_strided(const Tensor* x, const int64_t* size, const int64_t* strides, int32_t count,
                                 int64_t offset) {
    return give([&] { return x->as_strided(shape(size, count), shape(strides, count), offset); });
}

GRID_API Tensor* grid_transpose(const Tensor* x, int64_t first, int64_t second) {
    return give([&] { return x->transpose(first, second); });
}

GRID_API Tensor* grid_t(const Tensor* x) {
    return give([&] { return x->t(); });
}

GRID_API Tensor* grid_flatten(const Tensor* x, int64_t start, int64_t end) {
    return give([&] { return x->flatten(start, end); });
}

GRID_API Tensor* grid_unflatten(const Tensor* x, int64_t dim, const int64_t* size, int32_t count) {
    return give([&] { return x->unflatten(dim, shape(size, count)); });
}

GRID_API Tensor* grid_squeeze(const Tensor* x) {
    return give([&] { return x->squeeze(); });
}

GRID_API Tensor* grid_squeeze_dim(const Tensor* x, int64_t dim) {
    return give([&] { return x->squeeze(dim); });
}

GRID_API Tensor* grid_unsqueeze(const Tensor* x, int64_t dim) {
    return give([&] { return x->unsqueeze(dim); });
}

GRID_API Tensor* grid_narrow(const Tensor* x, int64_t dim, int64_t start, int64_t length) {
    return give([&] { return x->narrow(dim, start, length); });
}

GRID_API Tensor* grid_slice(const Tensor* x, int64_t dim, int64_t start, int64_t finish, int64_t step) {
    return give([&] { return x->slice(dim, start, finish, step); });
}

GRID_API Tensor* grid_select(const Tensor* x, int64_t dim, int64_t index) {
    return give([&] { return x->select(dim, index); });
}

GRID_API Tensor* grid_index_select(const Tensor* x, int64_t dim, const Tensor* index) {
    return give([&] { return x->index_select(dim, *index); });
}

GRID_API Tensor* grid_gather(const Tensor* x, int64_t dim, const Tensor* index) {
    return give([&] { return x->gather(dim, *index); });
}

GRID_API int grid_scatter_(const Tensor* x, int64_t dim, const Tensor* index, const Tensor* source) {
    return carry_out([&] { x->scatter_(dim, *index, *source); });
}

GRID_API int grid_index_add_(const Tensor* x, int64_t dim, const Tensor* index, const Tensor* source, GridScalar alpha) {
    return carry_out([&] { x->index_add_(dim, *index, *source, scalar(alpha)); });
}

namespace {

// One entry of an index: kind 0 new axis, 1 number, 2 all the axes between, 3 truth, 4 tensor, 5 slice.
struct Entry {
    int64_t start, stop, step;
    const Tensor* tensor;
    int64_t kind;
};

constexpr int64_t nothing = INT64_MIN;

c10::optional<int64_t> number(int64_t value) {
    return value == nothing ? c10::nullopt : c10::make_optional(value);
}

std::vector<TensorIndex> indices(const Entry* entries, int32_t count) {
    std::vector<TensorIndex> list;
    for (int32_t i = 0; i < count; i++) {
        const Entry& entry = entries[i];
        switch (entry.kind) {
            case 0: list.emplace_back(None); break;
            case 1: list.emplace_back(entry.start); break;
            case 2: list.emplace_back(Ellipsis); break;
            case 3: list.emplace_back(entry.start != 0); break;
            case 4: list.emplace_back(*entry.tensor); break;
            default: list.emplace_back(Slice(number(entry.start), number(entry.stop), number(entry.step))); break;
        }
    }
    return list;
}

}  // namespace

GRID_API Tensor* grid_index(const Tensor* x, const Entry* entries, int32_t count) {
    return give([&] { return x->index(indices(entries, count)); });
}

GRID_API int grid_index_put_(Tensor* x, const Entry* entries, int32_t count, const Tensor* value) {
    return carry_out([&] { x->index_put_(indices(entries, count), *value); });
}

GRID_API Tensor* grid_contiguous(const Tensor* x) {
    return give([&] { return x->contiguous(); });
}

GRID_API Tensor* grid_clone(const Tensor* x) {
    return give([&] { return x->clone(); });
}

GRID_API Tensor* grid_detach(const Tensor* x) {
    return give([&] { return x->detach(); });
}

GRID_API int grid_detach_(const Tensor* x) {
    return carry_out([&] { x->detach_(); });
}

GRID_API Tensor* grid_to_type(const Tensor* x, int32_t type, int32_t copy) {
    return give([&] { return x->to(static_cast<at::ScalarType>(type), false, copy != 0); });
}

GRID_API int grid_copy_(const Tensor* x, const Tensor* source) {
    return carry_out([&] { x->copy_(*source); });
}

GRID_API int grid_set_(const Tensor* x, const Tensor* source) {
    return carry_out([&] { x->set_(*source); });
}

GRID_API Tensor* grid_cat(Tensor* const* list, int32_t count, int64_t dim) {
    return give([&] { return at::cat(grid::tensors(list, count), dim); });
}

GRID_API Tensor* grid_stack(Tensor* const* list, int32_t count, int64_t dim) {
    return give([&] { return at::stack(grid::tensors(list, count), dim); });
}

GRID_API Tensor** grid_chunk(const Tensor* x, int64_t chunks, int64_t dim, int32_t* count) {
    return give_all(count, [&] { return x->chunk(chunks, dim); });
}

GRID_API Tensor** grid_split(const Tensor* x, const int64_t* sizes, int32_t size_count, int64_t dim, int32_t* count) {
    return give_all(count, [&] { return x->split_with_sizes(shape(sizes, size_count), dim); });
}

GRID_API Tensor** grid_split_evenly(const Tensor* x, int64_t size, int64_t dim, int32_t* count) {
    return give_all(count, [&] { return x->split(size, dim); });
}

GRID_API Tensor** grid_unbind(const Tensor* x, int64_t dim, int32_t* count) {
    return give_all(count, [&] { return x->unbind(dim); });
}
