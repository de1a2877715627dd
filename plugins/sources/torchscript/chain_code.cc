#include "plugins/sources/torchscript/chain_code.h"

#include <algorithm>
#include <optional>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace strata::torchscript {
namespace {

using Lines = std::vector<absl::string_view>;

// A name of letters, digits and underscores: takes it off, or returns "".
absl::string_view ConsumeName(absl::string_view& text) {
  size_t size = 0;
  while (size < text.size() &&
         (absl::ascii_isalnum(text[size]) || text[size] == '_')) {
    ++size;
  }
  const absl::string_view name = text.substr(0, size);
  text.remove_prefix(size);
  return name;
}

// Reads the lines of one class.
class ChainReader {
 public:
  explicit ChainReader(const Lines& lines) : lines_(lines) {}

  // The chain, if that is what the class is.
  std::optional<ChainClass> Read() {
    if (!ReadHead() || !ReadForward()) return std::nullopt;
    return std::move(chain_);
  }

  // The class's text with a list in place of the modules. After Read.
  std::string Shortened() const {
    std::string text;
    for (size_t i = 0; i < lines_.size(); ++i) {
      if (absl::StartsWith(lines_[i], kAnnotation)) continue;
      if (i == forward_) {
        absl::StrAppend(&text, "  ", kChainAttribute, " : Dict[str, Any]\n",
                        "  _strata_calls : List[int]\n");
      }
      if (i > signature_ && i < after_forward_) continue;
      absl::StrAppend(&text, lines_[i], "\n");
      if (i == signature_) {
        absl::StrAppend(&text, "    return ops.strata.run_chain(self, ", input_,
                        ")\n");
      }
    }
    return text;
  }

 private:
  static constexpr absl::string_view kAnnotation = "  __annotations__[\"";

  // class NAME(Module): and what is declared in it.
  bool ReadHead() {
    absl::string_view head = lines_[0];
    if (!absl::ConsumePrefix(&head, "class ")) return false;
    chain_.name = std::string(ConsumeName(head));
    if (head != "(Module):" || chain_.name.empty()) return false;
    for (size_t i = 1; i < lines_.size(); ++i) {
      absl::string_view line = lines_[i];
      if (absl::StartsWith(line, "  def ")) {
        forward_ = i;
        return true;
      }
      if (absl::ConsumePrefix(&line, kAnnotation)) {
        const absl::string_view name = ConsumeName(line);
        // Whatever its type: that of the object is what counts.
        if (name.empty() || !absl::StartsWith(line, "\"] = __torch__.") ||
            !index_.try_emplace(name, chain_.modules.size()).second) {
          return false;
        }
        chain_.modules.emplace_back(name);
      } else if (!absl::StartsWith(line, "  __parameters__ = [") &&
                 !absl::StartsWith(line, "  __buffers__ = [") &&
                 line != "  training : bool" &&
                 !absl::StartsWith(line, "  _is_full_backward_hook : ")) {
        return false;
      }
    }
    return false;
  }

  //   def forward(self: TYPE,
  //     input: Tensor) -> Tensor:
  bool ReadForward() {
    signature_ = forward_ + 1;
    if (!absl::StartsWith(lines_[forward_], "  def forward(self: ") ||
        !absl::EndsWith(lines_[forward_], ",") || signature_ >= lines_.size()) {
      return false;
    }
    absl::string_view input = absl::StripAsciiWhitespace(lines_[signature_]);
    input_ = ConsumeName(input);
    value_ = input_;
    if (input_.empty() || input != ": Tensor) -> Tensor:") return false;
    size_t i = signature_ + 1;
    while (i < lines_.size() && !returned_) {
      if (!ReadStatement(lines_[i++])) return false;
    }
    after_forward_ = i;
    return returned_ && ReadRest();
  }

  // Beside forward there may be Sequential's __len__, and nothing else.
  bool ReadRest() const {
    size_t left = lines_.size() - after_forward_;
    if (left > 0 && lines_.back().empty()) --left;
    if (left == 0) return true;
    return left == 2 &&
           absl::StartsWith(lines_[after_forward_], "  def __len__(self: ");
  }

  //     _0 = getattr(self, "0")      or  _0 = self.first
  //     input0 = (_0).forward(input, )
  //     return (_1).forward((_0).forward(input, ), )
  bool ReadStatement(absl::string_view line) {
    if (!absl::ConsumePrefix(&line, "    ")) return false;
    absl::string_view target;
    if (absl::ConsumePrefix(&line, "return ")) {
      returned_ = true;
    } else {
      target = ConsumeName(line);
      if (target.empty() || !absl::ConsumePrefix(&line, " = ")) return false;
    }
    const size_t calls_before = chain_.calls.size();
    if (absl::StartsWith(line, "(")) {
      if (!ReadCalls(line)) return false;
    } else if (returned_) {
      return line == value_;
    } else {
      return ReadModule(target, line);
    }
    value_ = target;
    return chain_.calls.size() > calls_before;
  }

  bool ReadModule(absl::string_view target, absl::string_view line) {
    const bool by_name = absl::ConsumePrefix(&line, "getattr(self, \"");
    if (!by_name && !absl::ConsumePrefix(&line, "self.")) return false;
    const auto module = index_.find(ConsumeName(line));
    if (module == index_.end() || line != (by_name ? "\")" : "")) return false;
    variables_[target] = static_cast<int>(module->second);
    return target != value_;
  }

  // The innermost call is the first one, and takes what there was before.
  bool ReadCalls(absl::string_view line) {
    const size_t begin = chain_.calls.size();
    while (absl::ConsumePrefix(&line, "(")) {
      const auto module = variables_.find(ConsumeName(line));
      if (module == variables_.end() ||
          !absl::ConsumePrefix(&line, ").forward(")) {
        return false;
      }
      chain_.calls.push_back(module->second);
    }
    std::reverse(chain_.calls.begin() + begin, chain_.calls.end());
    if (ConsumeName(line) != value_) return false;
    for (size_t i = begin; i < chain_.calls.size(); ++i) {
      if (!absl::ConsumePrefix(&line, ", )")) return false;
    }
    return line.empty();
  }

  const Lines& lines_;
  ChainClass chain_;
  absl::flat_hash_map<absl::string_view, size_t> index_;  // Of the modules.
  absl::flat_hash_map<absl::string_view, int> variables_;
  absl::string_view input_;
  absl::string_view value_;  // The variable with what the last call gave.
  bool returned_ = false;
  size_t forward_ = 0;  // Lines.
  size_t signature_ = 0;
  size_t after_forward_ = 0;
};

}  // namespace

std::vector<ChainClass> ShortenChains(std::string& source, int least) {
  std::vector<ChainClass> chains;
  // A look that costs nothing: most files have no class of that many modules.
  if (std::count(source.begin(), source.end(), '\n') < least) return chains;
  const Lines lines = absl::StrSplit(source, '\n');
  std::string shortened;
  for (size_t begin = 0; begin < lines.size();) {
    size_t end = begin + 1;
    while (end < lines.size() && !absl::StartsWith(lines[end], "class ")) ++end;
    const Lines of_class(lines.begin() + begin, lines.begin() + end);
    ChainReader reader(of_class);
    std::optional<ChainClass> chain;
    if (of_class.size() > static_cast<size_t>(least)) chain = reader.Read();
    if (chain && chain->modules.size() >= static_cast<size_t>(least)) {
      absl::StrAppend(&shortened, reader.Shortened());
      chains.push_back(*std::move(chain));
    } else {
      for (absl::string_view line : of_class) {
        absl::StrAppend(&shortened, line, "\n");
      }
    }
    begin = end;
  }
  if (!chains.empty()) source = std::move(shortened);
  return chains;
}

}  // namespace strata::torchscript
