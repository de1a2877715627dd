#include "formatters/svg/graphviz.h"

#include <gvc.h>

#include <memory>
#include <mutex>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "formatters/svg/read_graph.h"

extern "C" {
extern gvplugin_library_t gvplugin_core_LTX_library;
extern gvplugin_library_t gvplugin_dot_layout_LTX_library;
}

namespace strata::formatters::svg {
namespace {

std::mutex mutex;  // Graphviz has one list of errors, and one of much else.
std::string* messages = nullptr;

int KeepMessage(char* text) {
  if (messages != nullptr) messages->append(text);
  return 0;
}

struct FreeContext {
  void operator()(GVC_t* context) const { gvFreeContext(context); }
};
struct CloseGraph {
  void operator()(Agraph_t* graph) const { agclose(graph); }
};

// The length's type is another in newer versions.
template <typename Length>
std::string Render(int (*render)(GVC_t*, graph_t*, const char*, char**,
                                 Length*),
                   GVC_t* context, Agraph_t* graph) {
  char* data = nullptr;
  Length length = 0;
  if (render(context, graph, "svg", &data, &length) != 0) return "";
  std::string text(data, length);
  gvFreeRenderData(data);
  return text;
}

// U+FFFE and U+FFFF are no characters of XML.
std::string WithoutNonCharacters(const std::string& svg) {
  return absl::StrReplaceAll(svg, {{"\xef\xbf\xbe", "\xef\xbf\xbd"},
                                   {"\xef\xbf\xbf", "\xef\xbf\xbd"}});
}

std::string Draw(const std::string& dot) {
  // Only these parts of Graphviz: the others bring fonts, and with them another
  // picture on each machine, and messages of their own.
  const lt_symlist_t parts[] = {
      {"gvplugin_dot_layout_LTX_library", &gvplugin_dot_layout_LTX_library},
      {"gvplugin_core_LTX_library", &gvplugin_core_LTX_library},
      {nullptr, nullptr}};
  const std::unique_ptr<GVC_t, FreeContext> context(
      gvContextPlugins(parts, /*demand_loading=*/0));
  const std::unique_ptr<Agraph_t, CloseGraph> graph(ReadGraph(dot));
  if (context == nullptr || graph == nullptr) return "";
  std::string svg;
  if (gvLayout(context.get(), graph.get(), "dot") == 0) {
    svg = Render(gvRenderData, context.get(), graph.get());
  }
  gvFreeLayout(context.get(), graph.get());
  return svg;
}

}  // namespace

absl::StatusOr<std::string> LayOut(const std::string& dot) {
  const std::lock_guard<std::mutex> lock(mutex);
  std::string said;
  messages = &said;
  const agusererrf before = agseterrf(KeepMessage);
  std::string svg = Draw(dot);
  agseterrf(before);
  messages = nullptr;
  if (!svg.empty()) return WithoutNonCharacters(svg);
  return absl::InternalError(absl::StrCat(
      "Graphviz cannot draw the graph: ",
      said.empty() ? "it does not say why" : absl::StripAsciiWhitespace(said)));
}

}  // namespace strata::formatters::svg
