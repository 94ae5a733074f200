// Maxima of windows of 2 by 2, which take a third of the time of a small convolutional network in libtorch 1.13, where each has a
// position of 64 bits. Here a byte says which of the four it was, and four rows of candidates are compared by vectors.
#include "pooling.h"

#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include <cstring>

namespace grid {
namespace {

constexpr int64_t kNumbersPerTask = 32768;

// Images as [outer, height, width, inner]: pixel by pixel inner is the channels, channel by channel it is 1.
struct Layout {
    int64_t outer, height, width, inner;
    c10::MemoryFormat format;

    explicit Layout(const Tensor& images)
        : height(images.size(2)), width(images.size(3)), format(at::MemoryFormat::Contiguous) {
        bool by_channel = images.is_contiguous();
        format = by_channel ? at::MemoryFormat::Contiguous : at::MemoryFormat::ChannelsLast;
        outer = by_channel ? images.size(0) * images.size(1) : images.size(0);
        inner = by_channel ? 1 : images.size(1);
    }

    int64_t rows() const { return outer * (height / 2); }

    int64_t rows_per_task() const { return std::max<int64_t>(1, kNumbersPerTask / (2 * width * inner)); }

    // First number of the upper one of the two rows that make an output row.
    int64_t upper(int64_t row) const { return (row / (height / 2) * height + row % (height / 2) * 2) * width * inner; }
};

// One output row's four candidates, each in a stretch of its own: what is compared lies side by side.
struct Candidates {
    std::vector<float> numbers;
    std::vector<int32_t> places;
    int64_t length;

    explicit Candidates(int64_t row_length) : numbers(4 * row_length), places(row_length), length(row_length) {}

    float* of(int64_t place) { return numbers.data() + place * length; }
};

// The processor that is there decides which of these runs.
#define FOR_EACH_PROCESSOR __attribute__((target_clones("avx512f", "avx2", "default"), optimize("O3")))

// In libtorch's order: the first of the largest, and a number that is none beats every number.
FOR_EACH_PROCESSOR void compare(
    const float* __restrict first, const float* __restrict second, const float* __restrict third, const float* __restrict fourth,
    int64_t count, float* __restrict best, int32_t* __restrict where) {
    for (int64_t i = 0; i < count; i++) {
        float largest = first[i];
        int32_t place = 0;
        bool is_better = (second[i] > largest) | (second[i] != second[i]);
        largest = is_better ? second[i] : largest;
        place = is_better ? 1 : place;
        is_better = (third[i] > largest) | (third[i] != third[i]);
        largest = is_better ? third[i] : largest;
        place = is_better ? 2 : place;
        is_better = (fourth[i] > largest) | (fourth[i] != fourth[i]);
        best[i] = is_better ? fourth[i] : largest;
        where[i] = is_better ? 3 : place;
    }
}

FOR_EACH_PROCESSOR void narrow(const int32_t* __restrict from, int64_t count, uint8_t* __restrict to) {
    for (int64_t i = 0; i < count; i++) {
        to[i] = static_cast<uint8_t>(from[i]);
    }
}

FOR_EACH_PROCESSOR void select(
    const float* __restrict given, const uint8_t* __restrict where, int32_t place, int64_t count, float* __restrict result) {
    for (int64_t i = 0; i < count; i++) {
        result[i] = where[i] == place ? given[i] : 0.0f;
    }
}

// Stretches of `inner` numbers in turn to the one and the other, or back; `inner` is known to the compiler where it is common.
template <int64_t inner>
void part(const float* mixed, int64_t columns, int64_t any, float* even, float* odd) {
    int64_t length = inner == 0 ? any : inner;
    for (int64_t column = 0; column < columns; column++) {
        std::memcpy(even + column * length, mixed + 2 * column * length, length * sizeof(float));
        std::memcpy(odd + column * length, mixed + (2 * column + 1) * length, length * sizeof(float));
    }
}

template <int64_t inner>
void join(const float* even, const float* odd, int64_t columns, int64_t any, float* mixed) {
    int64_t length = inner == 0 ? any : inner;
    for (int64_t column = 0; column < columns; column++) {
        std::memcpy(mixed + 2 * column * length, even + column * length, length * sizeof(float));
        std::memcpy(mixed + (2 * column + 1) * length, odd + column * length, length * sizeof(float));
    }
}

struct Interleaving {
    void (*part)(const float*, int64_t, int64_t, float*, float*);
    void (*join)(const float*, const float*, int64_t, int64_t, float*);
};

template <int64_t inner>
constexpr Interleaving interleaving{part<inner>, join<inner>};

const Interleaving& interleaving_of(int64_t inner) {
    switch (inner) {
        case 1: return interleaving<1>;
        case 4: return interleaving<4>;
        case 6: return interleaving<6>;
        case 8: return interleaving<8>;
        case 16: return interleaving<16>;
        case 32: return interleaving<32>;
        default: return interleaving<0>;
    }
}

void maxima(const Layout& layout, const float* input, float* output, uint8_t* places) {
    int64_t columns = layout.width / 2;
    int64_t inner = layout.inner;
    int64_t length = columns * inner;
    auto part = interleaving_of(inner).part;
    at::parallel_for(0, layout.rows(), layout.rows_per_task(), [&](int64_t begin, int64_t end) {
        Candidates four(length);
        for (int64_t row = begin; row < end; row++) {
            const float* upper = input + layout.upper(row);
            part(upper, columns, inner, four.of(0), four.of(1));
            part(upper + layout.width * inner, columns, inner, four.of(2), four.of(3));
            compare(four.of(0), four.of(1), four.of(2), four.of(3), length, output + row * length, four.places.data());
            narrow(four.places.data(), length, places + row * length);
        }
    });
}

void spread(const Layout& layout, const float* gradient, const uint8_t* places, float* result) {
    int64_t columns = layout.width / 2;
    int64_t inner = layout.inner;
    int64_t length = columns * inner;
    auto join = interleaving_of(inner).join;
    at::parallel_for(0, layout.rows(), layout.rows_per_task(), [&](int64_t begin, int64_t end) {
        Candidates four(length);
        for (int64_t row = begin; row < end; row++) {
            for (int32_t place = 0; place < 4; place++) {
                select(gradient + row * length, places + row * length, place, length, four.of(place));
            }
            float* upper = result + layout.upper(row);
            join(four.of(0), four.of(1), columns, inner, upper);
            join(four.of(2), four.of(3), columns, inner, upper + layout.width * inner);
        }
    });
}

// Positions within a plane, as libtorch counts them: for gradients of gradients, which its own function takes over.
Tensor positions(const Tensor& places, int64_t width) {
    auto whole = at::TensorOptions().dtype(at::kLong);
    Tensor place = places.to(at::kLong);
    Tensor row = at::arange(places.size(2), whole).mul(2).view({-1, 1}) + place.div(2, "floor");
    return row.mul(width) + at::arange(places.size(3), whole).mul(2) + place.remainder(2);
}

struct HalveByMaximum : torch::autograd::Function<HalveByMaximum> {
    static Tensor forward(torch::autograd::AutogradContext* context, const Tensor& input) {
        Layout layout(input);
        Tensor images = input.contiguous(layout.format);
        at::IntArrayRef size = images.sizes();
        int64_t halved[] = {size[0], size[1], size[2] / 2, size[3] / 2};
        Tensor output = at::empty(halved, images.options(), layout.format);
        Tensor places = at::empty(halved, images.options().dtype(at::kByte), layout.format);
        maxima(layout, images.data_ptr<float>(), output.data_ptr<float>(), places.data_ptr<uint8_t>());
        context->saved_data["size"] = size.vec();
        context->saved_data["by_channel"] = layout.format == at::MemoryFormat::Contiguous;
        context->saved_data["places"] = places;
        return output;
    }

    static torch::autograd::tensor_list backward(
        torch::autograd::AutogradContext* context, torch::autograd::tensor_list gradients) {
        std::vector<int64_t> size = context->saved_data["size"].toIntVector();
        Tensor places = context->saved_data["places"].toTensor();
        auto format = context->saved_data["by_channel"].toBool() ? at::MemoryFormat::Contiguous : at::MemoryFormat::ChannelsLast;
        Tensor gradient = gradients[0].contiguous(format);
        bool is_odd = size[2] % 2 != 0 || size[3] % 2 != 0;
        Tensor result = at::empty(size, gradient.options(), format);
        if (at::GradMode::is_enabled()) {
            return {at::max_pool2d_with_indices_backward(
                gradient, result.zero_(), {2, 2}, {2, 2}, {0, 0}, {1, 1}, false, positions(places, size[3]).contiguous(format))};
        }
        if (is_odd) {
            result.zero_();
        }
        spread(Layout(result), gradient.data_ptr<float>(), places.data_ptr<uint8_t>(), result.data_ptr<float>());
        return {result};
    }
};

}  // namespace

bool is_halving(
    const Tensor& input, at::IntArrayRef kernel, at::IntArrayRef stride, at::IntArrayRef padding, at::IntArrayRef dilation, bool ceil_mode) {
    auto are = [](at::IntArrayRef extents, int64_t value) {
        return std::all_of(extents.begin(), extents.end(), [&](int64_t extent) { return extent == value; });
    };
    return input.dim() == 4 && input.scalar_type() == at::kFloat && input.device().is_cpu() && input.layout() == at::kStrided
        && input.size(2) >= 2 && input.size(3) >= 2 && input.numel() > 0
        && are(kernel, 2) && are(stride, 2) && are(padding, 0) && are(dilation, 1) && !ceil_mode
        && (input.is_contiguous() || input.is_contiguous(at::MemoryFormat::ChannelsLast));
}

Tensor halve_by_maximum(const Tensor& input) { return HalveByMaximum::apply(input); }

}  // namespace grid
