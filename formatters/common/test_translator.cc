// The summaries of test_summaries.h that need more than a line a layer.

#include <cstdint>
#include <string>
#include <vector>

#include "formatters/common/test_layers.h"
#include "formatters/common/test_summaries.h"

namespace strata::formatters {
namespace {

constexpr int64_t kEmbedding = 50 * 16;
constexpr int64_t kInProjection = 48 * 16;
constexpr int64_t kOutProjection = 16 * 16;
constexpr int64_t kAttention = kInProjection + kOutProjection;

Layer& AddShared(Summary& summary, int parent, const std::string& name,
                 const std::string& type, const std::string& other) {
  Layer& layer = AddLayer(summary, parent, name, type);
  const std::string& above = summary.layers(parent).path();
  layer.set_path(above.empty() ? name : above + "." + name);
  if (!other.empty()) {
    layer.add_flags("shared");
    layer.add_shared_with(other);
  }
  return layer;
}

// One module at two places, with all below it: `other` is the other place.
void AddAttention(Summary& summary, int parent, const std::string& other,
                  bool runs) {
  Layer& attention =
      AddShared(summary, parent, "attention", "Attention", other);
  Counts(attention, "params", kAttention);
  AddParameter(attention, "in_proj_weight", {48, 16})
      .set_shared_with(other + ".in_proj_weight");
  Layer& out = AddShared(summary, attention.id(), "out_proj", "Linear",
                         other + ".out_proj");
  Counts(out, "params", kOutProjection);
  AddParameter(out, "weight", {16, 16})
      .set_shared_with(other + ".out_proj.weight");
  if (!runs) return;
  for (int64_t length : {7, 1, 2, 3}) {
    Called(attention, {{2, length, 16}, {2, length, length}});
    Called(out, {{2, length, 16}});
  }
}

}  // namespace

Summary Translator() {
  Summary summary = EmptyModel("Translator");
  summary.mutable_layers()->Reserve(20);  // References stay good.
  Layer& root = Called(*summary.mutable_layers(0), {{2, 3, 50}});
  AddParameter(root, "start_token", {1, 1, 16});
  AddParameter(root, "output_bias", {50}).set_trainable(false);
  Counts(root, "params", 16 + 50 + kEmbedding + kAttention + 2 * 16 + 3 * 7);

  Layer& scales = AddShared(summary, 0, "scales", "ParameterList", "");
  scales.add_flags("container");
  for (const char* name : {"0", "1", "2"}) AddParameter(scales, name, {7});
  Counts(scales, "params", 3 * 7);

  Layer& embedding =
      AddShared(summary, 0, "embedding", "Embedding", "decoder.head.weight");
  Called(Called(embedding, {{2, 7, 16}}), {{2, 3, 16}});
  Counts(embedding, "params", kEmbedding);
  AddParameter(embedding, "weight", {50, 16})
      .set_shared_with("decoder.head.weight");

  Layer& encoder = AddShared(summary, 0, "encoder", "Encoder", "");
  Counts(Called(encoder, {{2, 7, 16}}), "params", kAttention + 2 * 16);
  AddAttention(summary, encoder.id(), "decoder.attention", /*runs=*/true);
  Layer& norm = AddShared(summary, encoder.id(), "norm", "LayerNorm",
                          "decoder.norm.weight");
  norm.add_shared_with("decoder.norm.bias");
  Counts(Called(norm, {{2, 7, 16}}), "params", 2 * 16);
  AddParameter(norm, "weight", {16}).set_shared_with("decoder.norm.weight");
  AddParameter(norm, "bias", {16}).set_shared_with("decoder.norm.bias");

  Layer& decoder = AddShared(summary, 0, "decoder", "Decoder", "");
  Counts(decoder, "params", kAttention + 2 * 16 + kEmbedding);
  for (int64_t length : {1, 1, 1, 2, 3, 4, 5, 6}) {
    Called(decoder, {{2, length, 50}});
  }
  AddAttention(summary, decoder.id(), "encoder.attention", /*runs=*/false);
  Layer& other_norm = AddShared(summary, decoder.id(), "norm", "LayerNorm",
                                "encoder.norm.weight");
  other_norm.add_shared_with("encoder.norm.bias");
  other_norm.add_flags("not_executed");
  Counts(other_norm, "params", 2 * 16);
  AddParameter(other_norm, "weight", {16})
      .set_shared_with("encoder.norm.weight");
  AddParameter(other_norm, "bias", {16}).set_shared_with("encoder.norm.bias");
  Layer& head =
      AddShared(summary, decoder.id(), "head", "Linear", "embedding.weight");
  Counts(Called(head, {{2, 3, 50}}), "params", kEmbedding);
  AddParameter(head, "weight", {50, 16}).set_shared_with("embedding.weight");
  AddTotals(summary, {{"params", root.metrics().at("params").total()},
                      {"non_trainable_params", 50}});
  return summary;
}

Summary LeNetWithMemory() {
  Summary summary = LeNet();
  for (int i = 0; i < summary.layers_size(); ++i) {
    summary.mutable_layers(i)->set_path(summary.layers(i).name());
  }
  summary.mutable_layers(2)->set_path("features.conv1");
  AddColumn(summary, "activation_bytes", "Activations", "bytes");
  AddColumn(summary, "held_bytes", "Held", "bytes");
  AddColumn(summary, "somewhere_bytes", "Elsewhere", "bytes");
  summary.mutable_columns(4)->set_on_request(true);
  const int64_t peak = 4 * (28 * 28 + 6 * 28 * 28);  // In and out of conv1.
  Counts(*summary.mutable_layers(0), "activation_bytes", peak);
  Counts(*summary.mutable_layers(2), "activation_bytes", peak);
  Counts(*summary.mutable_layers(2), "held_bytes", 40);
  AddTotals(summary, {{"activation_bytes", peak},
                      {"activation_peak_layer", 2},
                      {"saved_bytes", 4 * 12345},
                      {"gradient_bytes", 4 * 61706},
                      {"momentum_bytes", 4 * 61706},
                      {"adam_bytes", 2 * 4 * 61706},
                      {"predicted_allocated_bytes", 4 * 61706 + 2560},
                      {"predicted_reserved_bytes", 2 << 20},
                      {"predicted_sgd_reserved_bytes", 4 << 20},
                      {"predicted_momentum_reserved_bytes", 6 << 20},
                      {"predicted_adam_allocated_bytes", 4 << 20},
                      {"predicted_adam_reserved_bytes", 22 << 20},
                      {"memory_limit_bytes", int64_t{24} << 30},
                      {"max_batch", 13096},
                      {"held_bytes", 40}});
  return summary;
}

Summary LeNetThatFailed() {
  Summary summary = LeNet();
  summary.mutable_run()->set_incomplete(true);
  summary.mutable_run()->set_error(
      "forward raised in 'classifier.fc1' (Linear), given [1x256 float32]:\n"
      "mat1 and mat2 shapes cannot be multiplied");
  for (int i : {0, 5, 6, 7, 8}) {
    Layer& layer = *summary.mutable_layers(i);
    layer.clear_calls();
    layer.mutable_metrics()->erase("macs");
    layer.add_flags("not_executed");
  }
  summary.mutable_totals()->erase("macs");
  return summary;
}

}  // namespace strata::formatters
