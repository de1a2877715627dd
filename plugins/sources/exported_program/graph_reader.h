// Graphs of a program, from their JSON.

#ifndef STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_GRAPH_READER_H_
#define STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_GRAPH_READER_H_

#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "plugins/sources/exported_program/json_reader.h"
#include "plugins/sources/exported_program/program.h"

namespace strata::exported_program {

// A dtype, as export numbers them.
DType ExportedDType(int64_t number);

// Reads graphs into a program; both must outlive it. What only a run needs is
// read where the program says that it is for one. Errors are the reader's.
class GraphReader {
 public:
  GraphReader(JsonReader& json, Program& program)
      : json_(json), program_(program) {}

  // The program's own graph, with all that are inside of it.
  absl::Status Read(JsonValue value);

  // The value of this name in the program's own graph.
  Id FindOrAdd(absl::string_view name) { return ValueOf(top_names_, name); }

  // A tensor of {"name": …}, in the program's own graph; `name` is set to that
  // text, which lives as long as the reader.
  absl::StatusOr<Id> ReadName(JsonValue value,
                              absl::string_view* name = nullptr);
  // Appends to program.ids what a list of arguments names; kNone for what is no
  // tensor.
  absl::StatusOr<Range> ReadNames(JsonValue value);

  absl::StatusOr<Size> ReadSize(JsonValue value);
  // Sizes and type, of a tensor or of a record of weights.
  struct Description {
    std::vector<Size> sizes;
    int64_t storage_offset = 0;
    DType dtype = DType::kUnknown;
    bool requires_grad = false;
    std::vector<Size> strides;  // Of a program that is for a run.
  };
  absl::Status ReadDescription(JsonValue value, Description& description);

 private:
  using Ids = absl::InlinedVector<Id, 8>;
  using Names = absl::flat_hash_map<absl::string_view, Id>;

  // Graphs nest in each other no deeper than this.
  static constexpr int kMostNesting = 64;
  // Modules in a stack: Python itself ends at 1,000.
  static constexpr size_t kMostFrames = 2000;
  static constexpr size_t kMostSymbols = 1000;

  Id ValueOf(Names& names, absl::string_view name);
  absl::StatusOr<Id> ReadGraph(JsonValue value, Names& names, int nesting);
  absl::Status ReadNode(JsonValue value, Names& names, int nesting, Node& node);
  absl::Status ReadNamedArgument(JsonValue value, Names& names, int nesting,
                                 Argument& argument, Id& name);
  absl::StatusOr<Argument> ReadArgument(absl::string_view kind, JsonValue value,
                                        Names& names, int nesting);
  absl::Status ReadRunArgument(absl::string_view kind, JsonValue value,
                               Names& names, Argument& argument);
  absl::Status ReadSymbolic(JsonValue value, Names& names, Argument& argument);
  absl::Status ReadReals(JsonValue value, Argument& argument);
  absl::Status ReadBools(JsonValue value, Argument& argument);
  absl::Status ReadTexts(JsonValue value, Argument& argument);
  absl::Status ReadComplex(JsonValue value, Argument& argument);
  absl::Status ReadIntegers(absl::string_view kind, JsonValue value,
                            Names& names, Argument& argument);
  absl::Status ReadOptionalName(JsonValue value, Names& names, Id& id);
  absl::StatusOr<Id> ReadNumberName(JsonValue value, Names& names);
  absl::Status ReadSizes(JsonValue value, std::vector<Size>& sizes);
  absl::StatusOr<Id> ReadGraphArgument(JsonValue value, int nesting);
  absl::StatusOr<Id> ReadTensorName(JsonValue value, Names& names,
                                    absl::string_view* text = nullptr);
  absl::StatusOr<Integer> ReadInteger(absl::string_view kind, JsonValue value,
                                      Names& names);
  absl::Status ReadIds(JsonValue value, Names& names, Ids& ids);
  absl::Status ReadTensorValue(absl::string_view name, JsonValue value,
                               Names& names, bool only_known);
  absl::Status ReadIntegerValue(absl::string_view name, JsonValue value,
                                Names& names, bool only_known);
  absl::Status ReadHint(JsonValue value, Size& size);
  absl::StatusOr<Id> ReadStack(JsonValue value);
  Id NameId(absl::string_view name);
  absl::StatusOr<Id> ReadTarget(JsonValue value);
  Range Append(const Ids& ids);

  JsonReader& json_;
  Program& program_;
  Names top_names_;
  Names target_ids_;
  Names stack_ids_;
  Names name_ids_;
  Description scratch_;  // So that no value allocates.
};

}  // namespace strata::exported_program

#endif  // STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_GRAPH_READER_H_
