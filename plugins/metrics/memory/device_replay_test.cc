#include "plugins/metrics/memory/device_replay.h"

#include <cstdint>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "plugins/metrics/memory/moved_model.h"
#include "tests/testing.h"

namespace strata::metrics {
namespace {

using testing::ElementsAre;

// Sizes are multiples of 512 bytes, small ones: a block is as large as what is
// in it, and all are of segments of 2 MiB.
constexpr int64_t kK = 1024;
constexpr int64_t kSegment = 2 << 20;

// Plays operators into a record as a source tells of them.
class Player {
 public:
  explicit Player(RunRecord& record) : record_(record) {}

  // An operator that makes `made` of bytes, told before it ends.
  void Op(const std::string& name, const std::vector<OpArgument>& arguments,
          const TensorSpec& output, int64_t inner_bytes = 0) {
    if (inner_bytes > 0) Allocate(900 + output.storage, inner_bytes);
    Allocate(output.storage, *output.NumBytes());
    Ended(name, arguments, output);
  }
  void Ended(const std::string& name, const std::vector<OpArgument>& arguments,
             const TensorSpec& output) {
    OpCall call;
    call.name = name;
    call.arguments = arguments;
    const std::vector<TensorSpec> outputs = {output};
    call.outputs = outputs;
    record_.SeeOp(call);
  }
  void Allocate(uint64_t storage, int64_t bytes) {
    record_.See({true, storage, bytes, 0});
  }
  void Free(uint64_t storage) { record_.See({false, storage, 0, 0}); }

 private:
  RunRecord& record_;
};

// float32, so many KiB.
TensorSpec KiB(int64_t size, uint64_t storage) {
  return Float({size * kK / 4}, storage);
}

void Enter(RunRecord& record, const std::vector<TensorSpec>& inputs) {
  ModuleCall call;
  call.inputs = inputs;
  record.Enter(call);
}
void Leave(RunRecord& record, const std::vector<TensorSpec>& outputs) {
  ModuleCall call;
  call.outputs = outputs;
  record.Leave(call);
}

// Two linear layers, weights of 4 and 2 KiB, on an input of 8 KiB:
//   first gives 16 KiB, relu 16 KiB, second 1 KiB. Saved is what relu gave.
constexpr uint64_t kW1 = 101, kW2 = 102;

void RunChain(RunRecord& record, bool is_training) {
  Player player(record);
  const TensorSpec x = KiB(8, 1);
  const TensorSpec first = KiB(16, 2);
  const TensorSpec relu = KiB(16, 3);
  const TensorSpec second = KiB(1, 4);
  Enter(record, {x});
  player.Op("aten::linear", {x, KiB(4, kW1)}, first);
  player.Op("aten::relu", {first}, relu);
  player.Free(2);
  player.Op("aten::linear", {relu, KiB(2, kW2)}, second);
  if (!is_training) player.Free(3);
  Leave(record, {second});
  player.Free(4);  // The caller has it: not played.
}

TEST(DeviceReplayTest, InferenceOfAChain) {
  RunRecord record;
  RunChain(record, false);
  EXPECT_THAT(record.input_bytes(), ElementsAre(8 * kK));
  const DevicePeaks peaks = ReplayInference({4 * kK, 2 * kK}, record);
  // Weights, the input, and at the highest point what first and relu gave.
  EXPECT_EQ(peaks.allocated, Count((4 + 2 + 8 + 16 + 16) * kK));
  EXPECT_EQ(peaks.reserved, Count(kSegment));
}

TEST(DeviceReplayTest, ByModule) {
  const ModuleTree tree = TreeOf({"", "a", "b"});
  RunRecord record;
  const auto call = [](int module) {
    ModuleCall call;
    call.module = module;
    return call;
  };
  Enter(record, {KiB(1, 1)});
  record.Enter(call(1));
  record.See({true, 2, 8 * kK, 1});
  record.Leave(call(1));
  record.Enter(call(2));
  record.See({true, 3, 100, 2});  // Rounded to 512.
  record.See({false, 2, 0, 2});
  record.Leave(call(2));
  Leave(record, {});
  EXPECT_THAT(
      ReplayByModule({2 * kK}, record, tree),
      ElementsAre(Count(11 * kK + 512), Count(11 * kK), Count(11 * kK + 512)));
}

DevicePeaks TrainChain(OptimizerMemory optimizer) {
  RunRecord::Trainable trainable;
  trainable[{kW1, 0}] = 0;
  trainable[{kW2, 0}] = 1;
  RunRecord record(trainable);
  RunChain(record, true);
  return ReplayTraining({4 * kK, 2 * kK}, {4 * kK, 2 * kK}, record, optimizer);
}

// By hand, in KiB. Held: weights 6, input 8.
//   forward:  first 16, relu 16 (the highest: 32), first is freed, second 1.
//   backward: held 14, relu 16, second 1 and its gradient 1: 32
//     second: gradients of relu 16 and of w2 2: 50; frees its own 1: 49
//     relu:   gradient of first 16: 65, the highest; frees that of relu and
//             what relu gave: 33
//     first:  gradient of w1 4: 37; frees that of first: 21
//   left: 14, second 1, gradients 6.
TEST(DeviceReplayTest, TrainingOfAChain) {
  constexpr int64_t kHighest = 6 + 8 + 16 + 1 + 16 + 2 + 16;
  // The step after it begins without gradients, and has the same.
  EXPECT_EQ(TrainChain(kSgdMemory).allocated, Count(kHighest * kK));
  // From the second step on there are the optimizer's tensors.
  EXPECT_EQ(TrainChain(kMomentumMemory).allocated, Count((kHighest + 6) * kK));
  EXPECT_EQ(TrainChain(kAdamMemory).allocated, Count((kHighest + 12) * kK));
  EXPECT_EQ(TrainChain(kAdamMemory).reserved, Count(kSegment));
}

TEST(DeviceReplayTest, WhatAdamTakesInAStepMayBeTheMost) {
  RunRecord::Trainable trainable;
  trainable[{kW1, 0}] = 0;
  RunRecord record(trainable);
  Player player(record);
  const TensorSpec x = KiB(1, 1);
  const TensorSpec y = KiB(1, 2);
  Enter(record, {x});
  player.Op("aten::linear", {x, KiB(100, kW1)}, y);
  Leave(record, {y});
  const auto peak = [&](OptimizerMemory optimizer) {
    return ReplayTraining({100 * kK}, {100 * kK}, record, optimizer).allocated;
  };
  // Weight, gradient, input, output and its gradient.
  EXPECT_EQ(peak(kSgdMemory), Count((100 + 100 + 3) * kK));
  EXPECT_EQ(peak(kMomentumMemory), Count((100 + 100 + 100 + 3) * kK));
  // Two moments and the roots, when the gradient of the output is gone.
  EXPECT_EQ(peak(kAdamMemory), Count((100 + 100 + 200 + 100 + 2) * kK));
}

TEST(DeviceReplayTest, ASumHandsItsGradientOn) {
  // y = x w; z = y + relu(y): both get z's gradient, and relu's own is added.
  RunRecord::Trainable trainable;
  trainable[{kW1, 0}] = 0;
  RunRecord record(trainable);
  Player player(record);
  const TensorSpec x = KiB(2, 1);
  const TensorSpec y = KiB(10, 2);
  const TensorSpec relu = KiB(10, 3);
  const TensorSpec z = KiB(10, 4);
  Enter(record, {x});
  player.Op("aten::linear", {x, KiB(1, kW1)}, y);
  player.Op("aten::relu", {y}, relu);
  player.Op("aten::add", {y, relu}, z);
  player.Free(2);
  Leave(record, {z});
  // Held 3. Before backward: relu, z: 23; z's gradient: 33. relu: its own, 43,
  // and as z's gradient is y's alone by then it is added there.
  EXPECT_EQ(ReplayTraining({kK}, {kK}, record, kSgdMemory).allocated,
            Count(43 * kK));
}

TEST(DeviceReplayTest, InPlaceOperatorsAndViews) {
  RunRecord::Trainable trainable;
  trainable[{kW1, 0}] = 0;
  RunRecord record(trainable);
  Player player(record);
  const TensorSpec x = KiB(2, 1);
  const TensorSpec y = KiB(10, 2);
  Enter(record, {x});
  player.Op("aten::linear", {x, KiB(1, kW1)}, y);
  player.Ended("aten::relu_", {y}, y);
  player.Ended("aten::view", {y}, y);
  Leave(record, {y});
  ASSERT_EQ(record.ops().size(), 2u);
  // Held 3, y 10, its gradient 10, and relu's 10.
  EXPECT_EQ(ReplayTraining({kK}, {kK}, record, kSgdMemory).allocated,
            Count(33 * kK));
}

TEST(DeviceReplayTest, WhatNeedsNoGradientHasNone) {
  RunRecord::Trainable trainable;
  trainable[{kW1, 0}] = 0;
  RunRecord record(trainable);
  Player player(record);
  const TensorSpec x = KiB(2, 1);
  const TensorSpec scaled = KiB(50, 2);
  const TensorSpec y = KiB(1, 3);
  Enter(record, {x});
  player.Op("aten::mul", {x, x}, scaled);
  player.Op("aten::linear", {scaled, KiB(1, kW1)}, y);
  Leave(record, {y});
  // Held 3, scaled 50 (saved), y and its gradient, the weight's.
  EXPECT_EQ(ReplayTraining({kK}, {kK}, record, kSgdMemory).allocated,
            Count((3 + 50 + 2 + 1) * kK));
}

TEST(MovedModelTest, ChildrenFirst) {
  ModuleTree tree = TreeOf({"", "a", "a.b", "c"});
  tree.modules[0].parameters = {{"w", Float({1}, 1), true}};
  tree.modules[1].parameters = {{"w", Float({2}, 2), true}};
  tree.modules[2].parameters = {{"w", Float({3}, 3), true}};
  tree.modules[2].buffers = {{"m", Float({4}, 4), false}};
  tree.modules[3].parameters = {{"w", Float({5}, 5), true},
                                {"tied", Float({2}, 2), true},
                                {"frozen", Float({6}, 6), false}};
  const auto moved = MovedToDevice(tree);
  ASSERT_TRUE(moved.has_value());
  EXPECT_THAT(*moved, ElementsAre(12, 16, 8, 20, 24, 4));
  const TrainableParameters trainable = FindTrainable(tree);
  EXPECT_THAT(trainable.bytes, ElementsAre(4, 8, 12, 20));
  EXPECT_EQ(trainable.places.at({5, 0}), 3);
  tree.modules[3].parameters_known = false;
  EXPECT_FALSE(MovedToDevice(tree).has_value());
}

}  // namespace
}  // namespace strata::metrics
