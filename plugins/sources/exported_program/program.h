// An exported program in memory: what of its JSON a summary needs.

#ifndef STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_PROGRAM_H_
#define STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_PROGRAM_H_

#include <cstdint>
#include <string>
#include <vector>

#include "core/tensor_spec.h"
#include "plugins/sources/exported_program/expression.h"

namespace strata::exported_program {

// Things of a program are named by their place in its lists; -1 is none.
using Id = int32_t;
inline constexpr Id kNone = -1;

// Part of one of a program's lists.
struct Range {
  uint32_t begin = 0;
  uint32_t end = 0;
  uint32_t size() const { return end - begin; }
};

// A size, or an integer that an operator is given.
struct Size {
  int64_t hint = 0;       // As it was when the model was exported.
  Id expression = kNone;  // kNone: it is always the hint.
  bool has_hint = true;   // False: it depends on what the data are.
};

// A tensor, or an integer that is made of sizes.
struct Value {
  Range sizes;  // In Program::sizes. Of an integer: itself.
  DType dtype = DType::kUnknown;
  bool is_tensor = false;
  bool is_described = false;  // The file says what it is.
  bool requires_grad = false;
};

struct Argument {
  enum class Kind : uint8_t {
    kOther,  // None, and what Strata does not look at.
    kTensor,
    kTensors,
    kInteger,
    kIntegers,
    kReal,
    kBool,
    kText,
    kGraph,
    // Of programs that are to be run alone:
    kNothing,  // None.
    kReals,
    kBools,
    kTexts,
    kComplex,
    kDevice,
    kDType,         // `integer`: a DType.
    kLayout,        // `integer`: as export numbers them.
    kMemoryFormat,  // The same.
  };
  Kind kind = Kind::kOther;
  // kTensor: a value; kText: of `texts`; kGraph: of `graphs`; kOther, in a
  // program that is to be run: of `texts`, what it is ("as_custom_obj").
  Id id = kNone;
  // kTensors: of `ids`; kIntegers, kBools: of `integers`; kTexts: of `texts`;
  // kReals, kComplex: of `reals`.
  Range list;
  int64_t integer = 0;  // And bool.
  double real = 0;
  // kInteger, kReal, kBool: the value that it is, in place of the number.
  Id value = kNone;
};

// An element of a list of integers.
struct Integer {
  int64_t number = 0;
  Id value = kNone;  // In place of the number.
};

// One of the different operators of a program.
struct Target {
  std::string name;         // "aten::conv2d", "higher_order::cond".
  std::string overload;     // "" for the default.
  bool is_operator = true;  // Not of Python, and not of sizes.
  bool is_higher_order = false;
  bool is_view = false;         // Its outputs share the memory of its input.
  bool may_do_nothing = false;  // It may hand its input on as it is.
};

struct Node {
  Id target = kNone;
  Range arguments;
  Range outputs;     // Of `ids`.
  Id stack = kNone;  // Of `stacks`; kNone: the file says nothing.
  // Of a program that is to be run: `outputs` with kNone for each None.
  Range returns{};
};

// One module that was running, of a node's module stack: of `names`.
struct Frame {
  Id key = kNone;  // Differs from call to call of one module.
  Id path = kNone;
  Id type = kNone;  // "torch.nn.modules.conv.Conv2d"
};
using ModuleStack = std::vector<Frame>;  // The outermost first.

struct Graph {
  Range inputs;   // Of `ids`; kNone for what is no tensor.
  Range outputs;  // The same.
  std::vector<Node> nodes;
};

// A parameter or a buffer of the signature.
struct StoredTensor {
  enum class Kind : uint8_t { kParameter, kBuffer, kConstant };
  Kind kind = Kind::kParameter;
  std::string name;  // "layer1.0.conv1.weight"
  Id value = kNone;
};

// What a configuration of weights says of one of them.
struct WeightRecord {
  std::string name;
  std::string record_name;   // "weight_3"
  Id record = kNone;         // Equal for those that are in one record.
  bool is_constant = false;  // It stands in the configuration of constants.
  int64_t offset = 0;
  int64_t bytes = 0;  // Of the record, as it is stored; 0: it has none.
};

// How a tensor lies in its record.
struct WeightLayout {
  DType dtype = DType::kUnknown;
  std::vector<int64_t> sizes, strides;
  bool requires_grad = false;
  bool is_pickled = false;
};

// A call whose signature was preserved.
struct CallSignature {
  std::string name;  // "lin@1"
  Range inputs;      // Of `ids`.
  Range outputs;
};

struct Dimension {
  int symbol = 0;  // Of `expressions.symbols()`.
  int64_t hint = 0;
  int64_t min = 0;
  int64_t max = INT64_MAX;
  bool is_open = false;  // The size of some tensor depends on it.
};

struct Program {
  // Whether it has what only a run needs: the members that say so, and nodes
  // that compute sizes.
  bool is_for_run = false;

  std::vector<Graph> graphs;  // The program's own first.
  std::vector<Value> values;
  std::vector<Size> sizes;
  std::vector<Argument> arguments;
  std::vector<Id> ids;
  std::vector<Integer> integers;
  std::vector<std::string> texts;
  std::vector<Target> targets;
  std::vector<std::string> names;  // That stand in stacks, each once.
  std::vector<ModuleStack> stacks;
  Expressions expressions;

  std::vector<StoredTensor> stored;
  std::vector<Id> user_inputs;  // Tensors, in the order of forward's.
  std::vector<Id> user_outputs;
  std::vector<std::string> module_paths;  // In registration order.
  std::vector<CallSignature> signatures;
  std::vector<Dimension> dimensions;
  std::vector<WeightRecord> weights;

  // For a run.
  std::vector<Id> argument_names;  // By argument: of `names`.
  std::vector<double> reals;
  std::vector<WeightLayout> layouts;          // By weight.
  std::vector<std::string> user_input_names;  // By user input.

  int64_t schema_major = 0;
  int64_t schema_minor = 0;
  std::vector<std::string> warnings;
};

}  // namespace strata::exported_program

#endif  // STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_PROGRAM_H_
