#pragma once

#include "common.h"

namespace grid {

// True for windows of 2 by 2 without overlap or padding, over images that lie in memory channel by channel or pixel by pixel.
bool is_halving(
    const Tensor& input, at::IntArrayRef kernel, at::IntArrayRef stride, at::IntArrayRef padding, at::IntArrayRef dilation, bool ceil_mode);

// max_pool2d where is_halving says so: the same numbers and the same gradients. LeNet-5 became 1.1 to 1.5 times as fast by it (three pairs, on a busy machine).
Tensor halve_by_maximum(const Tensor& input);

}  // namespace grid
