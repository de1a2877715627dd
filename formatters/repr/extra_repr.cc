#include "formatters/repr/extra_repr.h"

#include <algorithm>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "formatters/repr/known_values.h"
#include "formatters/repr/rules.h"

namespace strata::formatters::repr {
namespace {

constexpr absl::string_view kMore = "...";

// The elements of "[3, 3]", or the text itself.
std::vector<absl::string_view> Elements(absl::string_view text) {
  if (!absl::ConsumePrefix(&text, "[") || !absl::ConsumeSuffix(&text, "]")) {
    return {text};
  }
  return absl::StrSplit(text, ", ", absl::SkipEmpty());
}

bool IsOnly(absl::string_view text, absl::string_view value) {
  const std::vector<absl::string_view> elements = Elements(text);
  return !elements.empty() &&
         std::all_of(elements.begin(), elements.end(),
                     [&](absl::string_view e) { return e == value; });
}

// As Python prints it. What TorchScript has as a list was a tuple: no layer of
// PyTorch's keeps a list.
std::string PythonText(absl::string_view text, bool quotes) {
  if (absl::StartsWith(text, "[")) {
    const std::vector<absl::string_view> elements = Elements(text);
    return absl::StrCat("(", absl::StrJoin(elements, ", "),
                        elements.size() == 1 ? ",)" : ")");
  }
  return quotes ? absl::StrCat("'", text, "'") : std::string(text);
}

std::string Values(const Layer& layer, const Rule& rule) {
  std::vector<std::string> values;
  for (const Field& field : rule.fields) {
    const std::optional<std::string> value = KnownValue(layer, field.attribute);
    if (!value) {
      if (field.unless.empty()) {
        values.push_back(absl::StrCat(field.label, "?"));
      } else {
        // Several in a row are one.
        if (values.empty() || values.back() != kMore) {
          values.emplace_back(kMore);
        }
      }
    } else if (field.unless.empty() || !IsOnly(*value, field.unless)) {
      values.push_back(
          absl::StrCat(field.label, PythonText(*value, field.quotes)));
    }
  }
  return absl::StrJoin(values, ", ");
}

// "torch.FloatTensor", as Tensor.type() says.
std::string TensorType(const std::string& dtype) {
  struct Name {
    absl::string_view dtype, type;
  };
  constexpr Name kNames[] = {
      {"float32", "Float"}, {"float64", "Double"},    {"float16", "Half"},
      {"int64", "Long"},    {"int32", "Int"},         {"int16", "Short"},
      {"uint8", "Byte"},    {"bfloat16", "BFloat16"}, {"int8", "Char"},
      {"bool", "Bool"},
  };
  for (const Name& name : kNames) {
    if (name.dtype == dtype) return absl::StrCat("torch.", name.type, "Tensor");
  }
  return absl::StrCat("torch.", dtype);
}

// torch/nn/modules/container.py: ParameterList, ParameterDict.
std::vector<std::string> ParameterLines(const Layer& layer, bool is_dict) {
  std::vector<std::string> lines;
  for (const Parameter& parameter : layer.parameters()) {
    lines.push_back(
        absl::StrCat("  (", parameter.name(), "): Parameter containing: [",
                     is_dict ? TensorType(parameter.dtype())
                             : absl::StrCat("torch.", parameter.dtype()),
                     " of size ", absl::StrJoin(parameter.shape(), "x"), "]"));
  }
  return lines;
}

}  // namespace

std::vector<std::string> ExtraRepr(const Layer& layer) {
  const std::string& type = layer.full_type();
  if (type == "torch.nn.modules.container.ParameterList") {
    return ParameterLines(layer, /*is_dict=*/false);
  }
  if (type == "torch.nn.modules.container.ParameterDict") {
    return ParameterLines(layer, /*is_dict=*/true);
  }
  // Quantized layers say much that is in their weights.
  if (absl::StartsWith(type, "torch.ao.")) return {std::string(kMore)};
  const Rule* rule = FindRule(type);
  if (rule == nullptr) return {};
  std::string values = Values(layer, *rule);
  if (values.empty()) return {};
  return {std::move(values)};
}

}  // namespace strata::formatters::repr
