// Of GraphReader: what nodes are given.

#include <vector>

#include "absl/strings/str_cat.h"
#include "plugins/sources/exported_program/graph_reader.h"
#include "plugins/sources/exported_program/return_if_error.h"

namespace strata::exported_program {

// A tensor that may be none stands in a union of its own.
absl::Status GraphReader::ReadOptionalName(JsonValue value, Names& names,
                                           Id& id) {
  id = kNone;
  return json_.VisitUnion(
      value, [&](absl::string_view what, JsonValue inner) -> absl::Status {
        if (what != "as_tensor") return absl::OkStatus();
        absl::StatusOr<Id> tensor = ReadTensorName(inner, names);
        if (tensor.ok()) id = *tensor;
        return tensor.status();
      });
}

absl::Status GraphReader::ReadIntegers(absl::string_view kind, JsonValue value,
                                       Names& names, Argument& argument) {
  std::vector<Integer> integers;
  RETURN_IF_ERROR(json_.VisitList(value, [&](JsonValue one) -> absl::Status {
    absl::StatusOr<Integer> integer = ReadInteger(kind, one, names);
    if (integer.ok()) integers.push_back(*integer);
    return integer.status();
  }));
  argument.list.begin = static_cast<uint32_t>(program_.integers.size());
  program_.integers.insert(program_.integers.end(), integers.begin(),
                           integers.end());
  argument.list.end = static_cast<uint32_t>(program_.integers.size());
  return absl::OkStatus();
}

absl::StatusOr<Argument> GraphReader::ReadArgument(absl::string_view kind,
                                                   JsonValue value,
                                                   Names& names, int nesting) {
  Argument argument;
  using Kind = Argument::Kind;
  if (kind == "as_tensor") {
    absl::StatusOr<Id> tensor = ReadTensorName(value, names);
    if (!tensor.ok()) return tensor.status();
    argument.kind = Kind::kTensor;
    argument.id = *tensor;
  } else if (kind == "as_optional_tensor") {
    RETURN_IF_ERROR(ReadOptionalName(value, names, argument.id));
    argument.kind = argument.id != kNone  ? Kind::kTensor
                    : program_.is_for_run ? Kind::kNothing
                                          : Kind::kOther;
  } else if (kind == "as_tensors" || kind == "as_optional_tensors") {
    const bool may_be_none = kind == "as_optional_tensors";
    Ids ids;
    RETURN_IF_ERROR(json_.VisitList(value, [&](JsonValue one) -> absl::Status {
      ids.push_back(kNone);
      if (may_be_none) return ReadOptionalName(one, names, ids.back());
      absl::StatusOr<Id> tensor = ReadTensorName(one, names);
      if (tensor.ok()) ids.back() = *tensor;
      return tensor.status();
    }));
    argument.kind = Kind::kTensors;
    argument.list = Append(ids);
  } else if (kind == "as_int" || kind == "as_sym_int") {
    absl::StatusOr<Integer> integer = ReadInteger(kind, value, names);
    if (!integer.ok()) return integer.status();
    argument.kind = Kind::kInteger;
    argument.integer = integer->number;
    argument.value = integer->value;
  } else if (kind == "as_ints" || kind == "as_sym_ints") {
    argument.kind = Kind::kIntegers;
    RETURN_IF_ERROR(ReadIntegers(kind == "as_ints" ? "as_int" : "as_sym_int",
                                 value, names, argument));
  } else if (kind == "as_float") {
    absl::StatusOr<double> number = json_.Number(value);
    if (!number.ok()) return number.status();
    argument.kind = Kind::kReal;
    argument.real = *number;
  } else if (kind == "as_bool") {
    absl::StatusOr<bool> flag = json_.Bool(value);
    if (!flag.ok()) return flag.status();
    argument.kind = Kind::kBool;
    argument.integer = *flag ? 1 : 0;
  } else if (kind == "as_string") {
    absl::StatusOr<absl::string_view> text = json_.String(value);
    if (!text.ok()) return text.status();
    argument.kind = Kind::kText;
    argument.id = static_cast<Id>(program_.texts.size());
    program_.texts.emplace_back(*text);
  } else if (kind == "as_graph") {
    absl::StatusOr<Id> graph = ReadGraphArgument(value, nesting);
    if (!graph.ok()) return graph.status();
    argument.kind = Kind::kGraph;
    argument.id = *graph;
  } else if (program_.is_for_run) {
    RETURN_IF_ERROR(ReadRunArgument(kind, value, names, argument));
  }
  return argument;
}

absl::StatusOr<Id> GraphReader::ReadTensorName(JsonValue value, Names& names,
                                               absl::string_view* text) {
  Id id = kNone;
  RETURN_IF_ERROR(json_.VisitObject(
      value, [&](absl::string_view key, JsonValue field) -> absl::Status {
        if (key != "name") return absl::OkStatus();
        absl::StatusOr<absl::string_view> name = json_.String(field);
        if (!name.ok()) return name.status();
        id = ValueOf(names, *name);
        program_.values[id].is_tensor = true;
        if (text != nullptr) *text = *name;
        return absl::OkStatus();
      }));
  if (id == kNone) return json_.Missing("name");
  return id;
}

absl::StatusOr<Id> GraphReader::ReadName(JsonValue value,
                                         absl::string_view* name) {
  return ReadTensorName(value, top_names_, name);
}

absl::StatusOr<Range> GraphReader::ReadNames(JsonValue value) {
  Ids ids;
  RETURN_IF_ERROR(ReadIds(value, top_names_, ids));
  return Append(ids);
}

absl::StatusOr<Integer> GraphReader::ReadInteger(absl::string_view kind,
                                                 JsonValue value,
                                                 Names& names) {
  Integer integer;
  const auto number = [&](JsonValue from) -> absl::Status {
    absl::StatusOr<int64_t> read = json_.Integer(from);
    if (read.ok()) integer.number = *read;
    return read.status();
  };
  if (kind == "as_int") {
    RETURN_IF_ERROR(number(value));
    return integer;
  }
  RETURN_IF_ERROR(json_.VisitUnion(
      value, [&](absl::string_view what, JsonValue inner) -> absl::Status {
        if (what == "as_int") return number(inner);
        if (what != "as_name") return absl::OkStatus();
        absl::StatusOr<absl::string_view> name = json_.String(inner);
        if (name.ok()) integer.value = ValueOf(names, *name);
        return name.status();
      }));
  return integer;
}

// The values of a list of arguments, with kNone for others.
absl::Status GraphReader::ReadIds(JsonValue value, Names& names, Ids& ids) {
  return json_.VisitList(value, [&](JsonValue element) {
    return json_.VisitUnion(
        element, [&](absl::string_view kind, JsonValue inner) -> absl::Status {
          if (kind == "as_tensors") {
            return json_.VisitList(inner, [&](JsonValue one) -> absl::Status {
              absl::StatusOr<Id> tensor = ReadTensorName(one, names);
              if (tensor.ok()) ids.push_back(*tensor);
              return tensor.status();
            });
          }
          Id id = kNone;
          if (kind == "as_tensor") {
            absl::StatusOr<Id> tensor = ReadTensorName(inner, names);
            if (!tensor.ok()) return tensor.status();
            id = *tensor;
          } else if (kind == "as_sym_int" ||
                     (program_.is_for_run &&
                      (kind == "as_sym_bool" || kind == "as_sym_float"))) {
            absl::StatusOr<Id> name = ReadNumberName(inner, names);
            if (!name.ok()) return name.status();
            id = *name;
          }
          ids.push_back(id);
          return absl::OkStatus();
        });
  });
}

// Of a union of a name and a number; kNone where it is a number.
absl::StatusOr<Id> GraphReader::ReadNumberName(JsonValue value, Names& names) {
  Id id = kNone;
  RETURN_IF_ERROR(json_.VisitUnion(
      value, [&](absl::string_view kind, JsonValue inner) -> absl::Status {
        if (kind != "as_name") return absl::OkStatus();
        absl::StatusOr<absl::string_view> name = json_.String(inner);
        if (name.ok()) id = ValueOf(names, *name);
        return name.status();
      }));
  return id;
}

}  // namespace strata::exported_program
