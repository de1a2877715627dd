#include "tools/plugin_templates.h"

namespace strata::tools {
namespace {

constexpr char kMetric[] =
    R"text(// The metric `@NAME@`: how many operators each module called.

#include <vector>

#include "core/plugin.h"

namespace {

class @CLASS@ : public strata::Metric {
 public:
  std::vector<strata::MetricColumn> columns() const override {
    return {{"@NAME@", "@CLASS@"}};
  }

  // A run with every operator. kStructure needs no run, kModules no operators.
  strata::MetricNeeds needs() const override {
    return strata::MetricNeeds::kOperators;
  }

  void BeginRun(const strata::ModuleTree& tree,
                const strata::RunInfo& /*run*/) override {
    self_.assign(tree.size(), 0);
  }

  // After each operator; level 0 are those that a module's own code called.
  void VisitOp(const strata::OpCall& op) override {
    if (op.nesting == 0) self_[op.module] += 1;
  }

  // The module less its children: the kernel adds up.
  absl::Status Collect(const strata::ModuleTree& tree,
                       strata::MetricResults& results) override {
    for (int i = 0; i < tree.size(); ++i) results.SetSelf(0, i, self_[i]);
    return absl::OkStatus();
  }

 private:
  std::vector<strata::Count> self_;  // By module.
};

}  // namespace

STRATA_METRIC_PLUGIN(@NAME@, "operators that each module called", @CLASS@);
)text";

constexpr char kFormatter[] =
    R"text(// The formatter `@NAME@`: a line of each module, with its path and class.

#include "core/plugin.h"
#include "core/summary.pb.h"

namespace {

class @CLASS@ : public strata::Formatter {
 public:
  // Never computes a number: all that can be shown is in the summary. Names
  // come from strangers' files.
  absl::Status Format(const strata::Summary& summary,
                      const strata::FormatOptions& options,
                      strata::Sink& sink) override {
    for (const strata::Layer& layer : summary.layers()) {
      if (layer.depth() > options.depth) continue;
      sink.Write(absl::StrCat(layer.path().empty() ? "(model)" : layer.path(),
                              "\t", layer.type(), "\n"));
    }
    return absl::OkStatus();
  }
};

}  // namespace

// The last: endings of --output files that choose it.
STRATA_FORMATTER_PLUGIN(@NAME@, "a line of each module", @CLASS@, "@NAME@");
)text";

constexpr char kSource[] =
    R"text(// The source `@NAME@`: models in zip archives with a member `FOLDER/@NAME@.txt`,
// which has a line for each module: its path, a blank, its class. The root, with
// "." for its path, is the first, and a module comes before what is in it.

#include <map>
#include <sstream>

#include "core/error.h"
#include "core/plugin.h"
#include "core/zip_archive.h"

namespace {

class @CLASS@Model : public strata::Model {
 public:
  explicit @CLASS@Model(strata::ModuleTree tree) : tree_(std::move(tree)) {}

  const strata::ModuleTree& modules() const override { return tree_; }
  // Where it can run: nowhere yet. There are still its modules.
  std::vector<std::string> devices() const override { return {}; }
  absl::Status Run(const strata::RunOptions&, strata::ModuleVisitor&) override {
    return absl::UnimplementedError("models of @NAME@ cannot be run");
  }

 private:
  const strata::ModuleTree tree_;
};

absl::StatusOr<strata::ModuleTree> ReadModules(const std::string& text) {
  strata::ModuleTree tree;
  std::map<std::string, int> index;
  std::istringstream lines(text);
  for (std::string path, type; lines >> path >> type;) {
    strata::Module module;
    module.type = module.full_type = type;
    if (!tree.modules.empty()) {
      const size_t dot = path.rfind('.');
      module.path = path;
      module.name = dot == path.npos ? path : path.substr(dot + 1);
      const auto parent = index.find(dot == path.npos ? "" : path.substr(0, dot));
      if (parent == index.end()) {
        return absl::DataLossError("what '" + path + "' is in comes after it");
      }
      module.parent = parent->second;
      module.depth = tree.modules[module.parent].depth + 1;
    }
    index[module.path] = tree.size();
    tree.modules.push_back(std::move(module));
  }
  if (tree.modules.empty()) return absl::DataLossError("it has no modules");
  return tree;
}

absl::StatusOr<strata::ModuleTree> Read(const std::string& file) {
  const auto archive = strata::ZipArchive::Open(file);
  if (!archive.ok()) return archive.status();
  for (size_t i = 0; i < (*archive)->members().size(); ++i) {
    const absl::string_view name = (*archive)->members()[i].name;
    if (name.substr(name.rfind('/') + 1) != "@NAME@.txt") continue;
    const auto text = (*archive)->Read(static_cast<int>(i), 1 << 24);
    return text.ok() ? ReadModules(*text) : text.status();
  }
  return absl::NotFoundError("it has no member @NAME@.txt");
}

class @CLASS@ : public strata::ModelSource {
 public:
  absl::StatusOr<std::unique_ptr<strata::Model>> Open(
      const std::string& file, const strata::OpenOptions&) override {
    auto tree = Read(file);
    if (tree.ok()) return std::make_unique<@CLASS@Model>(*std::move(tree));
    return strata::MakeError(tree.status().code(), "cannot open model", file,
                             tree.status().message());
  }
};

}  // namespace

STRATA_SOURCE_PLUGIN(@NAME@, "models of @NAME@", @CLASS@, "zip:*/@NAME@.txt",
                     "");
)text";

constexpr char kCmake[] = R"text(cmake_minimum_required(VERSION 3.16)
project(@NAME@ CXX)
enable_testing()

# cmake -DCMAKE_PREFIX_PATH=STRATA, the folder of the distribution.
find_package(Strata REQUIRED)
strata_add_plugin(@NAME@ @NAME@.cc)
)text";

constexpr char kMakefile[] =
    R"text(# make STRATA=FOLDER       makes @NAME@.so against the distribution in FOLDER
# make STRATA=FOLDER test  and runs its conformance test
STRATA ?= /usr/local
export PKG_CONFIG_PATH := $(STRATA)/lib/pkgconfig:$(PKG_CONFIG_PATH)

@NAME@.so: @NAME@.cc
	$(CXX) $$(pkg-config --variable=plugin strata) $(CXXFLAGS) $< -o $@ $$(pkg-config --cflags --libs strata)

test: @NAME@.so
	$(STRATA)/bin/plugin_conformance @NAME@.so @NAME@

.PHONY: test
)text";

constexpr char kBuild[] =
    R"text(# For a workspace that has a checkout of Strata as its repository @strata.
load("@strata//tools:strata.bzl", "strata_external_plugin")

strata_external_plugin(
    name = "@NAME@",
    srcs = ["@NAME@.cc"],
)
)text";

}  // namespace

std::vector<TemplateFile> PluginTemplate(const std::string& kind) {
  const char* code = kind == "metric"      ? kMetric
                     : kind == "formatter" ? kFormatter
                     : kind == "source"    ? kSource
                                           : nullptr;
  if (code == nullptr) return {};
  return {{"@NAME@.cc", code},
          {"CMakeLists.txt", kCmake},
          {"Makefile", kMakefile},
          {"BUILD", kBuild}};
}

}  // namespace strata::tools
