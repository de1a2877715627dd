#include "plugins/metrics/memory/backward.h"

#include <algorithm>

namespace strata::metrics {
namespace {

constexpr int kNone = -1;

}  // namespace

Backward::Backward(const RunRecord& run, const std::vector<int64_t>& gradients,
                   CachingAllocator& device)
    : run_(run),
      gradients_(gradients),
      device_(device),
      gradient_of_(run.blocks(), kNone),
      freed_after_(run.ops().size()) {
  // The operator whose backward is the last to need a block: the first that
  // read it, or the one that made it.
  std::vector<int> last(run.blocks(), kNone);
  for (int i = static_cast<int>(run.ops().size()) - 1; i >= 0; --i) {
    const RecordedOp& op = run.ops()[i];
    for (const int block : op.reads) last[block] = i;
    for (const int block : op.made) {
      const bool is_given =
          std::binary_search(op.gives.begin(), op.gives.end(), block);
      if (!is_given || op.keeps_result || last[block] == kNone) last[block] = i;
    }
  }
  // Whoever called the model keeps its outputs.
  for (const int block : run.outputs()) last[block] = kNone;
  for (int block = 0; block < run.blocks(); ++block) {
    if (last[block] != kNone) freed_after_[last[block]].push_back(block);
  }
}

int Backward::Make(int64_t bytes) {
  made_.push_back({device_.Allocate(bytes), 1});
  return static_cast<int>(made_.size()) - 1;
}

void Backward::Release(int gradient) {
  if (--made_[gradient].holders == 0) device_.Free(made_[gradient].block);
}

// torch/csrc/autograd/input_buffer.cpp, accumulate
void Backward::Add(int block, int gradient) {
  int& present = gradient_of_[block];
  if (present == kNone) {
    present = gradient;
    return;
  }
  if (made_[present].holders > 1) {
    const int sum = Make(run_.bytes(block));
    Release(present);
    present = sum;
  }
  Release(gradient);
}

void Backward::RunOp(const RecordedOp& op, std::vector<Block>& parameters) {
  // Of what it gave, or changed: the gradients that come in.
  std::vector<int> incoming;
  for (const int block : op.gives) {
    if (gradient_of_[block] == kNone) continue;
    incoming.push_back(gradient_of_[block]);
    gradient_of_[block] = kNone;
  }
  if (op.writes != kNone && gradient_of_[op.writes] != kNone) {
    incoming.push_back(gradient_of_[op.writes]);
    gradient_of_[op.writes] = kNone;
  }
  if (incoming.empty()) return;  // No way from the outputs leads here.
  std::vector<std::pair<int, int>> outgoing;
  for (const int block : op.reads) {
    if (!run_.has_gradient(block)) continue;
    if (op.hands_on) {
      ++made_[incoming[0]].holders;
      outgoing.emplace_back(block, incoming[0]);
    } else {
      outgoing.emplace_back(block, Make(run_.bytes(block)));
    }
  }
  for (const int parameter : op.parameters) {
    const Block made = device_.Allocate(gradients_[parameter]);
    if (parameters[parameter] == 0) {
      parameters[parameter] = made;
    } else {
      device_.Free(made);  // Added to the one that there is.
    }
  }
  for (const int gradient : incoming) Release(gradient);
  for (const auto& [block, gradient] : outgoing) Add(block, gradient);
}

void Backward::FreeSaved(int op, std::vector<Block>& blocks) {
  for (const int block : freed_after_[op]) {
    device_.Free(blocks[block]);
    blocks[block] = 0;
  }
}

void Backward::Run(std::vector<Block>& blocks, std::vector<Block>& parameters) {
  // What the loss hands back.
  for (const int block : run_.outputs()) {
    if (run_.has_gradient(block)) {
      gradient_of_[block] = Make(run_.bytes(block));
    }
  }
  for (int i = static_cast<int>(run_.ops().size()) - 1; i >= 0; --i) {
    RunOp(run_.ops()[i], parameters);
    FreeSaved(i, blocks);
  }
  // Those that led to nothing.
  for (int& gradient : gradient_of_) {
    if (gradient == kNone) continue;
    Release(gradient);
    gradient = kNone;
  }
  std::vector<bool> is_output(blocks.size(), false);
  for (const int block : run_.outputs()) is_output[block] = true;
  for (size_t i = 0; i < blocks.size(); ++i) {
    if (is_output[i]) continue;
    device_.Free(blocks[i]);
    blocks[i] = 0;
  }
}

}  // namespace strata::metrics
