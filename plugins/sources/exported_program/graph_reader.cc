#include "plugins/sources/exported_program/graph_reader.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "core/printable.h"
#include "plugins/sources/exported_program/module_stack.h"
#include "plugins/sources/exported_program/operators.h"
#include "plugins/sources/exported_program/return_if_error.h"

namespace strata::exported_program {
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

absl::Status GraphReader::ReadNamedArgument(JsonValue value, Names& names,
                                            int nesting, Argument& argument,
                                            Id& name) {
  return json_.VisitObject(
      value, [&](absl::string_view part, JsonValue field) -> absl::Status {
        if (part == "name" && program_.is_for_run) {
          absl::StatusOr<absl::string_view> text = json_.String(field);
          if (text.ok()) name = NameId(*text);
          return text.status();
        }
        if (part != "arg") return absl::OkStatus();
        return json_.VisitUnion(field,
                                [&](absl::string_view kind, JsonValue inner) {
                                  absl::StatusOr<Argument> read =
                                      ReadArgument(kind, inner, names, nesting);
                                  if (read.ok()) argument = *read;
                                  return read.status();
                                });
      });
}

absl::Status GraphReader::ReadNode(JsonValue value, Names& names, int nesting,
                                   Node& node) {
  absl::InlinedVector<Argument, 8> arguments;
  Ids argument_names;
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
            arguments.emplace_back();
            argument_names.push_back(kNone);
            return ReadNamedArgument(input, names, nesting, arguments.back(),
                                     argument_names.back());
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
  if (program_.is_for_run) {
    program_.argument_names.insert(program_.argument_names.end(),
                                   argument_names.begin(),
                                   argument_names.end());
    node.returns = Append(outputs);
  }
  Ids tensors;
  for (Id id : outputs) {
    if (id != kNone) tensors.push_back(id);
  }
  node.outputs = Append(tensors);
  return absl::OkStatus();
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
