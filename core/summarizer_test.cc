#include "core/summarizer.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/error.h"
#include "google/protobuf/arena.h"
#include "gtest/gtest.h"
#include "tests/testing.h"

namespace strata {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Says 1 of each module, in the columns that the test gives it.
class OneMetric : public Metric {
 public:
  OneMetric(std::vector<std::string> ids, MetricNeeds needs)
      : ids_(std::move(ids)), needs_(needs) {}

  std::vector<MetricColumn> columns() const override {
    std::vector<MetricColumn> columns;
    for (const std::string& id : ids_) {
      columns.push_back({id, "Title " + id, "us", Aggregation::kSum});
    }
    return columns;
  }
  MetricNeeds needs() const override { return needs_; }
  absl::Status Collect(const ModuleTree& tree,
                       MetricResults& results) override {
    for (size_t c = 0; c < ids_.size(); ++c) {
      for (int i = 0; i < tree.size(); ++i) {
        results.SetSelf(static_cast<int>(c), i, 1);
      }
    }
    return absl::OkStatus();
  }

 private:
  std::vector<std::string> ids_;
  MetricNeeds needs_;
};

std::unique_ptr<Metric> One(std::vector<std::string> ids, MetricNeeds needs) {
  return std::make_unique<OneMetric>(std::move(ids), needs);
}

TEST(SummarizerTest, OwnMetricsAndWarningsOfTheModel) {
  PluginHost host;
  FakeModel model = TwoModules();
  model.Warn("it was frozen");
  Summarizer summarizer(host);
  summarizer.AddMetric("mine", One({"ones"}, MetricNeeds::kOperators))
      .Inputs({{{2}, DType::kFloat32}});
  ASSERT_OK_AND_ASSIGN(const Summary summary,
                       summarizer.Summarize(model, File("m.pt")));
  EXPECT_EQ(summary.model().name(), "Root");
  EXPECT_EQ(summary.model().file(), "m.pt");
  EXPECT_EQ(summary.totals().at("ones"), 2);
  EXPECT_EQ(summary.columns(0).metric(), "mine");
  EXPECT_THAT(summary.warnings(), ElementsAre("it was frozen"));
}

TEST(SummarizerTest, InASummaryOfTheCallersNothingIsLeftOfBefore) {
  using google::protobuf::Arena;
  PluginHost host;
  FakeModel model = TwoModules();
  Arena arena;
  Summary& summary = *Arena::CreateMessage<Summary>(&arena);
  summary.add_warnings("of another model");
  for (int layers = 0; layers < 5; ++layers) summary.add_layers();
  ASSERT_THAT(
      Summarizer(host).Inputs({}).Summarize(model, File("m.pt"), summary),
      IsOk());
  EXPECT_EQ(summary.model().file(), "m.pt");
  ASSERT_EQ(summary.layers_size(), 2);
  EXPECT_EQ(summary.layers(0).calls_size(), 1);
  EXPECT_THAT(summary.warnings(), IsEmpty());
}

TEST(SummarizerTest, WithoutInputsOnlyWhatNeedsNoRun) {
  PluginHost host;
  FakeModel model = TwoModules(absl::InternalError("it was run"));
  Summarizer summarizer(host);
  summarizer.AddMetric("structure", One({"s"}, MetricNeeds::kStructure))
      .AddMetric("modules", One({"m"}, MetricNeeds::kModules))
      .AddMetric("operators", One({"o"}, MetricNeeds::kOperators));
  ASSERT_OK_AND_ASSIGN(const Summary summary,
                       summarizer.Summarize(model, File("m.pt")));
  EXPECT_FALSE(summary.has_run());
  ASSERT_EQ(summary.columns_size(), 1);
  EXPECT_EQ(summary.totals().at("s"), 2);
  EXPECT_FALSE(summary.layers(0).metrics().contains("m"));
  ASSERT_EQ(summary.warnings_size(), 2);
  EXPECT_THAT(summary.warnings(0), HasSubstr("metric 'modules' is left out"));
  EXPECT_THAT(summary.warnings(1), HasSubstr("'operators' is left out"));
}

TEST(SummarizerTest, AnEmptyListOfInputsIsARun) {
  PluginHost host;
  FakeModel model = TwoModules();
  ASSERT_OK_AND_ASSIGN(
      const Summary summary,
      Summarizer(host).Inputs({}).Summarize(model, ModelInfo()));
  EXPECT_TRUE(summary.has_run());
  EXPECT_THAT(model.last_options().inputs, IsEmpty());
}

TEST(SummarizerTest, OptionsAreToldToTheModel) {
  PluginHost host;
  FakeModel model = TwoModules();
  Summarizer summarizer(host);
  summarizer.Inputs({{{2, 3}, DType::kInt64}}).Device("fake").Training(true);
  ASSERT_OK_AND_ASSIGN(const Summary summary,
                       summarizer.Summarize(model, ModelInfo()));
  EXPECT_EQ(summary.run().mode(), "train");
  const RunOptions& options = model.last_options();
  EXPECT_EQ(options.device, "fake");
  EXPECT_TRUE(options.training);
  ASSERT_EQ(options.inputs.size(), 1u);
  EXPECT_EQ(options.inputs[0].shape, Shape({2, 3}));
  EXPECT_EQ(options.inputs[0].dtype, DType::kInt64);
}

TEST(SummarizerTest, ADeviceThatTheModelDoesNotHaveIsAnError) {
  PluginHost host;
  FakeModel model = TwoModules();
  Summarizer summarizer(host);
  EXPECT_THAT(summarizer.Device("tpu").Summarize(model, File("m.pt")),
              IsError(absl::StatusCode::kUnimplemented,
                      "(m.pt): the device 'tpu' is not offered by its source; "
                      "there is: fake"));
}

TEST(SummarizerTest, OperatorsAreWatchedOnlyForAMetricThatNeedsThem) {
  struct {
    MetricNeeds needs;
    bool watch;
  } const rows[] = {{MetricNeeds::kStructure, false},
                    {MetricNeeds::kModules, false},
                    {MetricNeeds::kOperators, true}};
  for (const auto& row : rows) {
    PluginHost host;
    FakeModel model = TwoModules();
    Summarizer summarizer(host);
    summarizer.AddMetric("m", One({"m"}, row.needs)).Inputs({});
    ASSERT_THAT(summarizer.Summarize(model, ModelInfo()), IsOk());
    EXPECT_EQ(model.last_options().watch_operators, row.watch);
    EXPECT_EQ(model.last_options().device, "");
    EXPECT_FALSE(model.last_options().training);
  }
}

TEST(SummarizerTest, ColumnsBeforeAnythingIsOpened) {
  PluginHost host;
  Summarizer summarizer(host);
  summarizer.AddMetric("one", One({"a", "b"}, MetricNeeds::kOperators))
      .AddMetric("two", One({"c"}, MetricNeeds::kStructure));
  // Without a run only one of them will be filled.
  ASSERT_OK_AND_ASSIGN(const auto at_rest, summarizer.Columns());
  ASSERT_EQ(at_rest.size(), 1u);
  EXPECT_EQ(at_rest[0].id(), "c");
  summarizer.Inputs({});
  for (int again = 0; again < 2; ++again) {
    ASSERT_OK_AND_ASSIGN(const auto columns, summarizer.Columns());
    ASSERT_EQ(columns.size(), 3u);
    EXPECT_EQ(columns[1].id(), "b");
    EXPECT_EQ(columns[1].metric(), "one");
    EXPECT_EQ(columns[1].title(), "Title b");
    EXPECT_EQ(columns[1].unit(), "us");
    EXPECT_EQ(columns[2].metric(), "two");
  }
}

TEST(SummarizerTest, TwoMetricsWithOneColumn) {
  PluginHost host;
  FakeModel model = TwoModules();
  Summarizer summarizer(host);
  summarizer.AddMetric("one", One({"a", "b"}, MetricNeeds::kStructure))
      .AddMetric("two", One({"b"}, MetricNeeds::kStructure));
  EXPECT_THAT(summarizer.Summarize(model, ModelInfo()),
              IsError(absl::StatusCode::kInvalidArgument,
                      "metrics 'one' and 'two' both have a column 'b'"));
}

TEST(SummarizerTest, ARunThatFailsNamesTheFile) {
  PluginHost host;
  FakeModel model = TwoModules(WithDetail(
      WithHint(absl::InternalError("in 'a': bad shapes"), "give other sizes"),
      "a long trace"));
  Summarizer summarizer(host);
  const auto summary = summarizer.Inputs({}).Summarize(model, File("m.pt"));
  EXPECT_EQ(summary.status().message(),
            "cannot run model (m.pt): in 'a': bad shapes");
  EXPECT_EQ(summary.status().code(), absl::StatusCode::kInternal);
  EXPECT_EQ(ErrorHint(summary.status()), "give other sizes");
  EXPECT_EQ(ErrorDetail(summary.status()), "a long trace");
}

TEST(SummarizerTest, AWrongNameIsFoundBeforeTheFile) {
  PluginHost host;
  Summarizer summarizer(host);
  summarizer.Metrics({"no_such"});
  EXPECT_THAT(summarizer.Summarize("/no/such/file"),
              IsError(absl::StatusCode::kNotFound, "no metric 'no_such'"));
  Summarizer without(host);
  EXPECT_THAT(without.Summarize("/no/such/file"),
              IsError(absl::StatusCode::kNotFound,
                      "cannot read model (/no/such/file): no such file"));
}

}  // namespace
}  // namespace strata
