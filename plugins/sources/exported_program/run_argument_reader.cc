// Of GraphReader: what nodes are given that only a run asks for.

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/printable.h"
#include "plugins/sources/exported_program/graph_reader.h"
#include "plugins/sources/exported_program/return_if_error.h"

namespace strata::exported_program {

// A number, or the value that it is, in a union of its own.
absl::Status GraphReader::ReadSymbolic(JsonValue value, Names& names,
                                       Argument& argument) {
  return json_.VisitUnion(
      value, [&](absl::string_view kind, JsonValue inner) -> absl::Status {
        if (kind == "as_name") {
          absl::StatusOr<absl::string_view> name = json_.String(inner);
          if (name.ok()) argument.value = ValueOf(names, *name);
          return name.status();
        }
        if (kind == "as_float") {
          absl::StatusOr<double> number = json_.Number(inner);
          if (number.ok()) argument.real = *number;
          return number.status();
        }
        absl::StatusOr<bool> flag = json_.Bool(inner);
        if (flag.ok()) argument.integer = *flag ? 1 : 0;
        return flag.status();
      });
}

absl::Status GraphReader::ReadReals(JsonValue value, Argument& argument) {
  argument.kind = Argument::Kind::kReals;
  argument.list.begin = static_cast<uint32_t>(program_.reals.size());
  RETURN_IF_ERROR(json_.VisitList(value, [&](JsonValue one) -> absl::Status {
    absl::StatusOr<double> number = json_.Number(one);
    if (number.ok()) program_.reals.push_back(*number);
    return number.status();
  }));
  argument.list.end = static_cast<uint32_t>(program_.reals.size());
  return absl::OkStatus();
}

absl::Status GraphReader::ReadBools(JsonValue value, Argument& argument) {
  argument.kind = Argument::Kind::kBools;
  argument.list.begin = static_cast<uint32_t>(program_.integers.size());
  RETURN_IF_ERROR(json_.VisitList(value, [&](JsonValue one) -> absl::Status {
    absl::StatusOr<bool> flag = json_.Bool(one);
    if (flag.ok()) program_.integers.push_back({*flag ? 1 : 0, kNone});
    return flag.status();
  }));
  argument.list.end = static_cast<uint32_t>(program_.integers.size());
  return absl::OkStatus();
}

absl::Status GraphReader::ReadTexts(JsonValue value, Argument& argument) {
  argument.kind = Argument::Kind::kTexts;
  argument.list.begin = static_cast<uint32_t>(program_.texts.size());
  RETURN_IF_ERROR(json_.VisitList(value, [&](JsonValue one) -> absl::Status {
    absl::StatusOr<absl::string_view> text = json_.String(one);
    if (text.ok()) program_.texts.emplace_back(*text);
    return text.status();
  }));
  argument.list.end = static_cast<uint32_t>(program_.texts.size());
  return absl::OkStatus();
}

absl::Status GraphReader::ReadComplex(JsonValue value, Argument& argument) {
  argument.kind = Argument::Kind::kComplex;
  argument.list.begin = static_cast<uint32_t>(program_.reals.size());
  argument.list.end = argument.list.begin + 2;
  program_.reals.resize(argument.list.end, 0);
  return json_.VisitObject(
      value, [&](absl::string_view key, JsonValue part) -> absl::Status {
        if (key != "real" && key != "imag") return absl::OkStatus();
        absl::StatusOr<double> number = json_.Number(part);
        if (!number.ok()) return number.status();
        program_.reals[argument.list.begin + (key == "real" ? 0 : 1)] = *number;
        return absl::OkStatus();
      });
}

absl::Status GraphReader::ReadRunArgument(absl::string_view kind,
                                          JsonValue value, Names& names,
                                          Argument& argument) {
  using Kind = Argument::Kind;
  if (kind == "as_none") {
    argument.kind = Kind::kNothing;
    return absl::OkStatus();
  }
  if (kind == "as_sym_float" || kind == "as_sym_bool") {
    argument.kind = kind == "as_sym_float" ? Kind::kReal : Kind::kBool;
    return ReadSymbolic(value, names, argument);
  }
  if (kind == "as_floats") return ReadReals(value, argument);
  if (kind == "as_bools") return ReadBools(value, argument);
  if (kind == "as_strings") return ReadTexts(value, argument);
  if (kind == "as_complex") return ReadComplex(value, argument);
  if (kind == "as_device") {
    argument.kind = Kind::kDevice;
    return absl::OkStatus();
  }
  if (kind == "as_scalar_type" || kind == "as_layout" ||
      kind == "as_memory_format") {
    absl::StatusOr<int64_t> number = json_.Integer(value);
    if (!number.ok()) return number.status();
    argument.kind = kind == "as_layout"          ? Kind::kLayout
                    : kind == "as_memory_format" ? Kind::kMemoryFormat
                                                 : Kind::kDType;
    argument.integer = argument.kind == Kind::kDType
                           ? static_cast<int64_t>(ExportedDType(*number))
                           : *number;
    return absl::OkStatus();
  }
  std::string what(kind);
  if (kind == "as_custom_obj") {
    RETURN_IF_ERROR(json_.VisitObject(
        value, [&](absl::string_view key, JsonValue part) -> absl::Status {
          if (key != "name" && key != "class_fqn") return absl::OkStatus();
          absl::StatusOr<absl::string_view> text = json_.String(part);
          if (text.ok()) absl::StrAppend(&what, " ", Printable(*text, true));
          return text.status();
        }));
  }
  argument.id = static_cast<Id>(program_.texts.size());
  program_.texts.push_back(std::move(what));
  return absl::OkStatus();
}

}  // namespace strata::exported_program
