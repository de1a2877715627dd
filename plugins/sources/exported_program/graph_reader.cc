#include "plugins/sources/exported_program/graph_reader.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "core/printable.h"
#include "plugins/sources/exported_program/module_stack.h"
#include "plugins/sources/exported_program/operators.h"

#define RETURN_IF_ERROR(expression)      \
  do {                                   \
    absl::Status status_ = (expression); \
    if (!status_.ok()) return status_;   \
  } while (false)

namespace strata::exported_program {
namespace {

// ScalarType of torch/_export/serde/schema.py.
DType DTypeOf(int64_t number) {
  switch (number) {
    case 1:
      return DType::kUInt8;
    case 2:
      return DType::kInt8;
    case 3:
      return DType::kInt16;
    case 4:
      return DType::kInt32;
    case 5:
      return DType::kInt64;
    case 6:
      return DType::kFloat16;
    case 7:
      return DType::kFloat32;
    case 8:
      return DType::kFloat64;
    case 9:
      return DType::kComplex32;
    case 10:
      return DType::kComplex64;
    case 11:
      return DType::kComplex128;
    case 12:
      return DType::kBool;
    case 13:
      return DType::kBFloat16;
    case 28:
      return DType::kUInt16;
    case 29:
      return DType::kFloat8E4M3FN;
    case 30:
      return DType::kFloat8E5M2;
    case 34:
      return DType::kUInt32;
    case 35:
      return DType::kUInt64;
    default:
      return DType::kUnknown;
  }
}

}  // namespace

Id GraphReader::ValueOf(Names& names, absl::string_view name) {
  const auto [place, is_new] =
      names.try_emplace(name, static_cast<Id>(program_.values.size()));
  if (is_new) program_.values.emplace_back();
  return place->second;
}

Range GraphReader::Append(const Ids& ids) {
  const auto begin = static_cast<uint32_t>(program_.ids.size());
  program_.ids.insert(program_.ids.end(), ids.begin(), ids.end());
  return {begin, static_cast<uint32_t>(program_.ids.size())};
}

absl::Status GraphReader::Read(JsonValue value) {
  return ReadGraph(value, top_names_, 0).status();
}

absl::StatusOr<Id> GraphReader::ReadGraph(JsonValue value, Names& names,
                                          int nesting) {
  if (nesting > kMostNesting) {
    return json_.Error(absl::StrCat("graphs nest deeper than ", kMostNesting));
  }
  const auto id = static_cast<Id>(program_.graphs.size());
  program_.graphs.emplace_back();
  Graph graph;
  bool has_nodes = false;
  bool has_inputs = false;
  bool has_outputs = false;
  Ids ids;
  RETURN_IF_ERROR(json_.VisitObject(
      value, [&](absl::string_view key, JsonValue field) -> absl::Status {
        // What no node takes or makes is not kept, however much there is.
        const bool only_known = has_nodes && has_inputs && has_outputs;
        if (key == "inputs" || key == "outputs") {
          ids.clear();
          RETURN_IF_ERROR(ReadIds(field, names, ids));
          (key == "inputs" ? has_inputs : has_outputs) = true;
          (key == "inputs" ? graph.inputs : graph.outputs) = Append(ids);
        } else if (key == "nodes") {
          has_nodes = true;
          return json_.VisitList(field, [&](JsonValue element) {
            graph.nodes.emplace_back();
            return ReadNode(element, names, nesting, graph.nodes.back());
          });
        } else if (key == "tensor_values") {
          return json_.VisitObject(
              field, [&](absl::string_view name, JsonValue described) {
                return ReadTensorValue(name, described, names, only_known);
              });
        } else if (key == "sym_int_values") {
          return json_.VisitObject(
              field, [&](absl::string_view name, JsonValue described) {
                return ReadIntegerValue(name, described, names, only_known);
              });
        }
        return absl::OkStatus();
      }));
  if (!has_inputs) return json_.Missing("inputs");
  if (!has_outputs) return json_.Missing("outputs");
  if (!has_nodes) return json_.Missing("nodes");
  for (const auto& [name, which] : names) {
    const Value& found = program_.values[which];
    if (found.is_tensor && !found.is_described) {
      return json_.Error(absl::StrCat("tensor_values says nothing of '",
                                      Printable(name, true), "'"));
    }
  }
  program_.graphs[id] = std::move(graph);
  return id;
}

absl::Status GraphReader::ReadNode(JsonValue value, Names& names, int nesting,
                                   Node& node) {
  absl::InlinedVector<Argument, 8> arguments;
  Ids outputs;
  // Graphs inside of arguments add nodes to another list, but `node` is one of
  // a list that stays as it is until this has been read.
  RETURN_IF_ERROR(json_.VisitObject(
      value, [&](absl::string_view key, JsonValue field) -> absl::Status {
        if (key == "target") {
          absl::StatusOr<Id> target = ReadTarget(field);
          if (!target.ok()) return target.status();
          node.target = *target;
        } else if (key == "inputs") {
          return json_.VisitList(field, [&](JsonValue input) {
            return json_.VisitObject(
                input,
                [&](absl::string_view part, JsonValue arg) -> absl::Status {
                  if (part != "arg") return absl::OkStatus();
                  return json_.VisitUnion(arg,
                                          [&](absl::string_view kind,
                                              JsonValue inner) -> absl::Status {
                                            absl::StatusOr<Argument> argument =
                                                ReadArgument(kind, inner, names,
                                                             nesting);
                                            if (!argument.ok())
                                              return argument.status();
                                            arguments.push_back(*argument);
                                            return absl::OkStatus();
                                          });
                });
          });
        } else if (key == "outputs") {
          return ReadIds(field, names, outputs);
        } else if (key == "metadata") {
          return json_.VisitObject(
              field,
              [&](absl::string_view name, JsonValue text) -> absl::Status {
                if (name != "nn_module_stack") return absl::OkStatus();
                absl::StatusOr<Id> stack = ReadStack(text);
                if (!stack.ok()) return stack.status();
                node.stack = *stack;
                return absl::OkStatus();
              });
        }
        return absl::OkStatus();
      }));
  if (node.target == kNone) return json_.Missing("target");
  node.arguments.begin = static_cast<uint32_t>(program_.arguments.size());
  program_.arguments.insert(program_.arguments.end(), arguments.begin(),
                            arguments.end());
  node.arguments.end = static_cast<uint32_t>(program_.arguments.size());
  Ids tensors;
  for (Id id : outputs) {
    if (id != kNone) tensors.push_back(id);
  }
  node.outputs = Append(tensors);
  return absl::OkStatus();
}

absl::StatusOr<Argument> GraphReader::ReadArgument(absl::string_view kind,
                                                   JsonValue value,
                                                   Names& names, int nesting) {
  Argument argument;
  using Kind = Argument::Kind;
  // A tensor that may be none stands in a union of its own.
  const auto optional = [&](JsonValue from, Id& id) -> absl::Status {
    id = kNone;
    return json_.VisitUnion(
        from, [&](absl::string_view what, JsonValue inner) -> absl::Status {
          if (what != "as_tensor") return absl::OkStatus();
          absl::StatusOr<Id> tensor = ReadTensorName(inner, names);
          if (tensor.ok()) id = *tensor;
          return tensor.status();
        });
  };
  if (kind == "as_tensor") {
    absl::StatusOr<Id> tensor = ReadTensorName(value, names);
    if (!tensor.ok()) return tensor.status();
    argument.kind = Kind::kTensor;
    argument.id = *tensor;
  } else if (kind == "as_optional_tensor") {
    Id id = kNone;
    RETURN_IF_ERROR(optional(value, id));
    if (id != kNone) argument.kind = Kind::kTensor;
    argument.id = id;
  } else if (kind == "as_tensors" || kind == "as_optional_tensors") {
    const bool may_be_none = kind == "as_optional_tensors";
    Ids ids;
    RETURN_IF_ERROR(json_.VisitList(value, [&](JsonValue one) -> absl::Status {
      ids.push_back(kNone);
      if (may_be_none) return optional(one, ids.back());
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
    std::vector<Integer> integers;
    RETURN_IF_ERROR(json_.VisitList(value, [&](JsonValue one) -> absl::Status {
      absl::StatusOr<Integer> integer =
          ReadInteger(kind == "as_ints" ? "as_int" : "as_sym_int", one, names);
      if (integer.ok()) integers.push_back(*integer);
      return integer.status();
    }));
    argument.kind = Kind::kIntegers;
    argument.list.begin = static_cast<uint32_t>(program_.integers.size());
    program_.integers.insert(program_.integers.end(), integers.begin(),
                             integers.end());
    argument.list.end = static_cast<uint32_t>(program_.integers.size());
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
  }
  return argument;
}

absl::StatusOr<Id> GraphReader::ReadGraphArgument(JsonValue value,
                                                  int nesting) {
  Id id = kNone;
  RETURN_IF_ERROR(json_.VisitObject(
      value, [&](absl::string_view key, JsonValue field) -> absl::Status {
        if (key != "graph") return absl::OkStatus();
        Names names;  // A graph's names are its own.
        absl::StatusOr<Id> graph = ReadGraph(field, names, nesting + 1);
        if (graph.ok()) id = *graph;
        return graph.status();
      }));
  if (id == kNone) return json_.Missing("graph");
  return id;
}

absl::StatusOr<Id> GraphReader::ReadTensorName(JsonValue value, Names& names) {
  Id id = kNone;
  RETURN_IF_ERROR(json_.VisitObject(
      value, [&](absl::string_view key, JsonValue field) -> absl::Status {
        if (key != "name") return absl::OkStatus();
        absl::StatusOr<absl::string_view> name = json_.String(field);
        if (!name.ok()) return name.status();
        id = ValueOf(names, *name);
        program_.values[id].is_tensor = true;
        return absl::OkStatus();
      }));
  if (id == kNone) return json_.Missing("name");
  return id;
}

absl::StatusOr<Id> GraphReader::ReadName(JsonValue value) {
  return ReadTensorName(value, top_names_);
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

// The tensors of a list of arguments, with kNone for others.
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
          } else if (kind == "as_sym_int") {
            absl::StatusOr<Integer> integer = ReadInteger(kind, inner, names);
            if (!integer.ok()) return integer.status();
            id = integer->value;
          }
          ids.push_back(id);
          return absl::OkStatus();
        });
  });
}

absl::Status GraphReader::ReadHint(JsonValue value, Size& size) {
  if (json_.IsNull(value)) return absl::OkStatus();
  return json_.VisitUnion(
      value, [&](absl::string_view kind, JsonValue inner) -> absl::Status {
        if (kind != "as_int") return absl::OkStatus();
        absl::StatusOr<int64_t> hint = json_.Integer(inner);
        if (!hint.ok()) return hint.status();
        size.hint = *hint;
        size.has_hint = true;
        return absl::OkStatus();
      });
}

absl::StatusOr<Size> GraphReader::ReadSize(JsonValue value) {
  Size size;
  RETURN_IF_ERROR(json_.VisitUnion(
      value, [&](absl::string_view kind, JsonValue inner) -> absl::Status {
        if (kind == "as_int") {
          absl::StatusOr<int64_t> number = json_.Integer(inner);
          if (number.ok()) size.hint = *number;
          return number.status();
        }
        if (kind != "as_expr") return json_.Error("expected a size");
        size.has_hint = false;
        return json_.VisitObject(
            inner, [&](absl::string_view key, JsonValue part) -> absl::Status {
              if (key == "hint") return ReadHint(part, size);
              if (key != "expr_str") return absl::OkStatus();
              absl::StatusOr<absl::string_view> text = json_.String(part);
              if (!text.ok()) return text.status();
              size.expression = program_.expressions.Add(*text);
              if (program_.expressions.symbols().size() > kMostSymbols) {
                return json_.Error(
                    absl::StrCat("more than ", kMostSymbols, " open sizes"));
              }
              return absl::OkStatus();
            });
      }));
  return size;
}

absl::Status GraphReader::ReadDescription(JsonValue value,
                                          Description& description) {
  description.sizes.clear();
  description.storage_offset = 0;
  description.requires_grad = false;
  bool has_dtype = false;
  bool has_sizes = false;
  RETURN_IF_ERROR(json_.VisitObject(
      value, [&](absl::string_view key, JsonValue field) -> absl::Status {
        if (key == "dtype") {
          absl::StatusOr<int64_t> number = json_.Integer(field);
          if (!number.ok()) return number.status();
          has_dtype = true;
          description.dtype = DTypeOf(*number);
        } else if (key == "sizes") {
          has_sizes = true;
          return json_.VisitList(field, [&](JsonValue one) -> absl::Status {
            absl::StatusOr<Size> size = ReadSize(one);
            if (!size.ok()) return size.status();
            if (size->hint < 0) {
              return json_.Error(
                  absl::StrCat("expected a size, found ", size->hint));
            }
            description.sizes.push_back(*size);
            return absl::OkStatus();
          });
        } else if (key == "requires_grad") {
          absl::StatusOr<bool> flag = json_.Bool(field);
          if (flag.ok()) description.requires_grad = *flag;
          return flag.status();
        } else if (key == "storage_offset") {
          absl::StatusOr<Size> offset = ReadSize(field);
          if (offset.ok()) description.storage_offset = offset->hint;
          return offset.status();
        }
        return absl::OkStatus();
      }));
  if (!has_dtype) return json_.Missing("dtype");
  if (!has_sizes) return json_.Missing("sizes");
  return absl::OkStatus();
}

absl::Status GraphReader::ReadTensorValue(absl::string_view name,
                                          JsonValue value, Names& names,
                                          bool only_known) {
  if (only_known && !names.contains(name)) return absl::OkStatus();
  Description& description = scratch_;
  RETURN_IF_ERROR(ReadDescription(value, description));
  Value& described = program_.values[ValueOf(names, name)];
  described.is_tensor = described.is_described = true;
  described.dtype = description.dtype;
  described.requires_grad = description.requires_grad;
  described.sizes.begin = static_cast<uint32_t>(program_.sizes.size());
  program_.sizes.insert(program_.sizes.end(), description.sizes.begin(),
                        description.sizes.end());
  described.sizes.end = static_cast<uint32_t>(program_.sizes.size());
  return absl::OkStatus();
}

absl::Status GraphReader::ReadIntegerValue(absl::string_view name,
                                           JsonValue value, Names& names,
                                           bool only_known) {
  if (only_known && !names.contains(name)) return absl::OkStatus();
  absl::StatusOr<Size> size = ReadSize(value);
  if (!size.ok()) return size.status();
  const auto at = static_cast<uint32_t>(program_.sizes.size());
  program_.sizes.push_back(*size);
  Value& described = program_.values[ValueOf(names, name)];
  if (described.is_tensor) return json_.Error("it is a tensor elsewhere");
  described.is_described = true;
  described.sizes = {at, at + 1};
  return absl::OkStatus();
}

absl::StatusOr<Id> GraphReader::ReadStack(JsonValue value) {
  absl::StatusOr<absl::string_view> text = json_.String(value);
  if (!text.ok()) return text.status();
  const auto [place, is_new] =
      stack_ids_.try_emplace(*text, static_cast<Id>(program_.stacks.size()));
  if (is_new) {
    ModuleStack stack;
    for (const FrameText& frame : ParseModuleStack(*text)) {
      stack.push_back(
          {NameId(frame.key), NameId(frame.path), NameId(frame.type)});
    }
    if (stack.size() > kMostFrames) {
      return json_.Error(
          absl::StrCat("modules nest deeper than ", kMostFrames));
    }
    program_.stacks.push_back(std::move(stack));
  }
  return program_.stacks[place->second].empty() ? kNone : place->second;
}

Id GraphReader::NameId(absl::string_view name) {
  const auto [place, is_new] =
      name_ids_.try_emplace(name, static_cast<Id>(program_.names.size()));
  if (is_new) program_.names.emplace_back(name);
  return place->second;
}

absl::StatusOr<Id> GraphReader::ReadTarget(JsonValue value) {
  absl::StatusOr<absl::string_view> text = json_.String(value);
  if (!text.ok()) return text.status();
  const auto [place, is_new] =
      target_ids_.try_emplace(*text, static_cast<Id>(program_.targets.size()));
  if (is_new) program_.targets.push_back(ParseTarget(*text));
  return place->second;
}

}  // namespace strata::exported_program
