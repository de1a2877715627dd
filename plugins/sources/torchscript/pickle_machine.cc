#include "plugins/sources/torchscript/pickle_machine.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_join.h"

namespace strata::torchscript {
namespace {

// A value on the pickle machine's stack, as far as tensors need it.
struct Value {
  enum Kind { kOther, kInt, kText, kTuple, kStorage, kObject, kDict };
  Kind kind = kOther;
  int64_t number = 0;
  absl::string_view text;  // Also of a global: its name.
  std::shared_ptr<std::vector<Value>> items;
  int depth = 0;  // Of tuples in tuples, so that freeing one is no deep call.
};
constexpr int kDeepest = 3;  // (function, (storage, offset, (sizes…)…))

struct Storage {
  std::string type;
  std::string key;
  int64_t elements;
};

// The pickle machine, without the objects. Stops at what it does not know.
class Machine {
 public:
  Machine(absl::string_view pickle, const TensorVisitor& visit)
      : rest_(pickle), visit_(visit) {}

  void Run() {
    while (!done_ && !rest_.empty()) Step();
  }

 private:
  absl::string_view Take(size_t count) {
    if (count > rest_.size()) {
      done_ = true;
      return {};
    }
    const absl::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }
  // Little-endian.
  int64_t TakeInt(size_t bytes, bool is_signed) {
    const absl::string_view text = Take(bytes);
    uint64_t value = 0;
    for (size_t i = text.size(); i > 0; --i) {
      value = value << 8 | static_cast<uint8_t>(text[i - 1]);
    }
    if (is_signed && bytes < 8 && !text.empty() && (text.back() & 0x80) != 0) {
      value |= ~uint64_t{0} << (8 * bytes);
    }
    return static_cast<int64_t>(value);
  }
  absl::string_view TakeLine() {
    const size_t end = rest_.find('\n');
    if (end == absl::string_view::npos) return Take(rest_.size() + 1);
    const absl::string_view line = Take(end);
    Take(1);
    return line;
  }

  void Push(Value value) { stack_.push_back(std::move(value)); }
  void PushKind(Value::Kind kind) {
    Value value;
    value.kind = kind;
    Push(std::move(value));
  }
  void PushInt(int64_t number) {
    PushKind(Value::kInt);
    stack_.back().number = number;
  }
  void PushText(absl::string_view text) {
    PushKind(Value::kText);
    stack_.back().text = text;
  }
  // What an opcode takes off must lie above the last mark.
  bool Has(size_t count) {
    const size_t floor = marks_.empty() ? 0 : marks_.back();
    if (stack_.size() < floor + count) done_ = true;
    return !done_;
  }
  void Drop(size_t count) {
    if (Has(count)) stack_.resize(stack_.size() - count);
  }
  void DropToMark() {
    if (marks_.empty()) {
      done_ = true;
      return;
    }
    stack_.resize(marks_.back());
    marks_.pop_back();
  }
  void MakeTuple(size_t first) {
    auto items = std::make_shared<std::vector<Value>>(stack_.begin() + first,
                                                      stack_.end());
    stack_.resize(first);
    Value tuple;
    tuple.kind = Value::kTuple;
    for (const Value& item : *items) {
      tuple.depth = std::max(tuple.depth, item.depth + 1);
    }
    tuple.items = std::move(items);
    Push(tuple.depth > kDeepest ? Value() : std::move(tuple));
  }

  void Step();
  void Reduce();
  void LoadStorage();
  void VisitTensor(const std::vector<Value>& arguments);
  std::string Path() const;

  absl::string_view rest_;
  const TensorVisitor& visit_;
  std::vector<Value> stack_;
  std::vector<size_t> marks_;  // Heights of the stack.
  absl::flat_hash_map<int64_t, Value> memo_;
  std::vector<Storage> storages_;  // A kStorage value's number is its place.
  bool done_ = false;
};

void Machine::Step() {
  const char opcode = Take(1)[0];
  switch (opcode) {
    case '\x80':  // PROTO
      Take(1);
      return;
    case '(':  // MARK
      marks_.push_back(stack_.size());
      return;
    case 'N':     // NONE
    case '\x88':  // NEWTRUE
    case '\x89':  // NEWFALSE
    case ']':     // EMPTY_LIST
      return PushKind(Value::kOther);
    case '}':  // EMPTY_DICT
      return PushKind(Value::kDict);
    case ')':  // EMPTY_TUPLE
      return MakeTuple(stack_.size());
    case 'G':  // BINFLOAT
      Take(8);
      return PushKind(Value::kOther);
    case 'K':  // BININT1
      return PushInt(TakeInt(1, false));
    case 'M':  // BININT2
      return PushInt(TakeInt(2, false));
    case 'J':  // BININT
      return PushInt(TakeInt(4, true));
    case '\x8a': {  // LONG1
      const int64_t bytes = TakeInt(1, false);
      if (bytes > 8) break;
      return PushInt(bytes == 0 ? 0 : TakeInt(bytes, true));
    }
    case 'X':  // BINUNICODE
      return PushText(Take(TakeInt(4, false)));
    case 'U':  // SHORT_BINSTRING
      return PushText(Take(TakeInt(1, false)));
    case 'c': {  // GLOBAL
      TakeLine();
      return PushText(TakeLine());
    }
    case 'q':  // BINPUT
    case 'r':  // LONG_BINPUT
      if (!stack_.empty()) {
        memo_[TakeInt(opcode == 'q' ? 1 : 4, false)] = stack_.back();
        return;
      }
      break;
    case 'h':  // BINGET
    case 'j':  // LONG_BINGET
      return Push(memo_[TakeInt(opcode == 'h' ? 1 : 4, false)]);
    case 't': {  // TUPLE
      if (marks_.empty()) break;
      const size_t first = marks_.back();
      marks_.pop_back();
      return MakeTuple(first);
    }
    case '\x85':  // TUPLE1
    case '\x86':  // TUPLE2
    case '\x87':  // TUPLE3
      if (!Has(opcode - '\x84')) return;
      return MakeTuple(stack_.size() - (opcode - '\x84'));
    case 'Q':  // BINPERSID
      return LoadStorage();
    case 'R':  // REDUCE
      return Reduce();
    case '\x81':  // NEWOBJ
      Drop(2);
      return PushKind(Value::kObject);
    case 'b':  // BUILD
    case 'a':  // APPEND
      return Drop(1);
    case 's':  // SETITEM
      return Drop(2);
    case 'u':  // SETITEMS
    case 'e':  // APPENDS
      return DropToMark();
    case '0':  // POP
      return Drop(1);
    default:  // STOP, or what LibTorch does not write.
      break;
  }
  done_ = true;
}

void Machine::LoadStorage() {
  if (!Has(1)) return;
  const Value id = std::move(stack_.back());
  stack_.pop_back();
  // ("storage", type, key, device, elements)
  const bool is_storage = id.kind == Value::kTuple && id.items->size() == 5 &&
                          (*id.items)[0].text == "storage" &&
                          (*id.items)[4].kind == Value::kInt;
  if (!is_storage) return PushKind(Value::kOther);
  const std::vector<Value>& items = *id.items;
  Value value;
  value.kind = Value::kStorage;
  value.number = static_cast<int64_t>(storages_.size());
  storages_.push_back({std::string(items[1].text), std::string(items[2].text),
                       items[4].number});
  Push(std::move(value));
}

void Machine::Reduce() {
  if (!Has(2)) return;
  const Value arguments = std::move(stack_.back());
  stack_.pop_back();
  const Value function = std::move(stack_.back());
  stack_.pop_back();
  const bool makes_tensor = function.text == "_rebuild_tensor_v2" ||
                            function.text == "_rebuild_qtensor";
  if (makes_tensor && arguments.kind == Value::kTuple) {
    VisitTensor(*arguments.items);
  }
  PushKind(Value::kOther);
}

void Machine::VisitTensor(const std::vector<Value>& arguments) {
  if (arguments.size() < 4 || arguments[0].kind != Value::kStorage) return;
  const Storage& storage = storages_[arguments[0].number];
  PickledTensor tensor = {storage.type,        storage.key, storage.elements,
                          arguments[1].number, {},          {}};
  for (const auto& [list, sizes] :
       {std::pair(&arguments[2], &tensor.sizes),
        std::pair(&arguments[3], &tensor.strides)}) {
    if (list->kind != Value::kTuple) return;
    for (const Value& item : *list->items) sizes->push_back(item.number);
  }
  if (!visit_(tensor, [this] { return Path(); })) done_ = true;
}

// The attributes that are being set, outermost first. For each object the stack
// has [object, its dict, mark, name, value, name, …], so that the last name
// stands at an even distance from the mark.
std::string Machine::Path() const {
  const auto is_object = [&](size_t mark) {
    return mark >= 2 && stack_[mark - 2].kind == Value::kObject &&
           stack_[mark - 1].kind == Value::kDict;
  };
  std::vector<absl::string_view> names;
  for (size_t i = 0; i < marks_.size(); ++i) {
    if (!is_object(marks_[i])) continue;
    size_t end = stack_.size();
    if (i + 1 < marks_.size()) {
      end = is_object(marks_[i + 1]) ? marks_[i + 1] - 2 : marks_[i + 1];
    }
    if (end <= marks_[i]) continue;
    const size_t distance = (end - marks_[i] - 1) / 2 * 2;
    names.push_back(stack_[marks_[i] + distance].text);
  }
  return absl::StrJoin(names, ".");
}

}  // namespace

void VisitPickledTensors(absl::string_view pickle, const TensorVisitor& visit) {
  Machine(pickle, visit).Run();
}

}  // namespace strata::torchscript
