// Puts back what a run changes of the tensors that are not its own.

#ifndef STRATA_PLUGINS_SOURCES_TORCH_MODULE_KEPT_TENSORS_H_
#define STRATA_PLUGINS_SOURCES_TORCH_MODULE_KEPT_TENSORS_H_

#include <ATen/core/Tensor.h>
#include <c10/core/Storage.h>

#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"

namespace strata::torch_module {

// While it lives, what operators of this thread write to these tensors is
// noted; when it dies they have the values, gradients and flags that they had.
// Copies are made of buffers, which kernels change unasked (running means), and
// of others only when an operator says that it writes to them.
class KeepTensors {
 public:
  // What is copied beforehand.
  enum class Writes {
    kWatched,  // Buffers; others when an operator writes to them.
    kBuffers,  // Buffers alone: nothing is watched, which costs time.
    kAll,
  };

  KeepTensors(const std::vector<at::Tensor>& tensors,
              const std::vector<at::Tensor>& buffers, Writes writes);
  ~KeepTensors();
  KeepTensors(const KeepTensors&) = delete;
  KeepTensors& operator=(const KeepTensors&) = delete;

  // Whether an operator wrote to others than buffers.
  bool saw_writes() const { return saw_writes_; }

  // An operator is about to write to this one: what LibTorch's callback calls.
  void BeforeWrite(const at::Tensor& tensor);

 private:
  struct Kept {
    at::Tensor tensor;
    at::Tensor before;  // The same memory, of the sizes that it had.
    at::Tensor gradient;
    bool requires_grad;
    int64_t version;
  };
  struct KeptMemory {
    c10::Storage storage;
    at::Tensor copy;  // Bytes; undefined: nobody has written yet.
  };

  void Keep(const at::Tensor& tensor);
  void KeepMemory(const at::Tensor& tensor);
  bool Copy(const at::Tensor& tensor);
  void Restore();

  std::vector<Kept> tensors_;
  absl::flat_hash_map<const void*, KeptMemory> memory_;  // By storage.
  uint64_t callback_ = 0;  // 0: nothing is watched.
  bool saw_writes_ = false;
};

// While one of these lives the process's random numbers may be drawn; when the
// last one dies they go on from where the first began. Of all generators in
// use: the CPU's, and those of accelerators.
class KeepRandomNumbers {
 public:
  KeepRandomNumbers();
  ~KeepRandomNumbers();
  KeepRandomNumbers(const KeepRandomNumbers&) = delete;
  KeepRandomNumbers& operator=(const KeepRandomNumbers&) = delete;
};

}  // namespace strata::torch_module

#endif  // STRATA_PLUGINS_SOURCES_TORCH_MODULE_KEPT_TENSORS_H_
