// Operators that an accelerator runs otherwise than a CPU does, on shapes.

#ifndef STRATA_PLUGINS_SOURCES_LIBTORCH_ACCELERATOR_RULES_H_
#define STRATA_PLUGINS_SOURCES_LIBTORCH_ACCELERATOR_RULES_H_

namespace strata::libtorch {

// While one lives, operators on meta tensors of this thread are made of those
// that LibTorch runs on CUDA, so that they hold the memory that they would hold
// there. Results have the same shapes:
//   attention: by a fused kernel, which makes no matrix of weights, where
//     sdp_utils.cpp of LibTorch would choose one on a device of capability 8.0
//     or later;
//   dropout in training: by the one operator that keeps a mask of bools;
//   multi-head attention and encoder layers in one operator: fused_layers.h.
// May be nested.
class AsOnAccelerator {
 public:
  AsOnAccelerator();
  ~AsOnAccelerator();
  AsOnAccelerator(const AsOnAccelerator&) = delete;
  AsOnAccelerator& operator=(const AsOnAccelerator&) = delete;

  // Whether one lives, on this thread.
  static bool is_on();
};

}  // namespace strata::libtorch

#endif  // STRATA_PLUGINS_SOURCES_LIBTORCH_ACCELERATOR_RULES_H_
