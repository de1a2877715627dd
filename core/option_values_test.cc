#include "core/option_values.h"

#include <string>
#include <vector>

#include "core/error.h"
#include "core/plugin.h"
#include "core/plugin_host.h"
#include "core/summarizer.h"
#include "gtest/gtest.h"
#include "tests/testing.h"

namespace strata {
namespace {

// Shows what it was made with.
class ShowingMetric : public Metric {
 public:
  explicit ShowingMetric(const PluginOptions& options)
      : title_(absl::StrCat(options.Int("count"), " ", options.Real("factor"),
                            " ", options.Bool("loud"), " ",
                            options.String("label"))) {}
  std::vector<MetricColumn> columns() const override {
    return {{"showing", title_}};
  }
  MetricNeeds needs() const override { return MetricNeeds::kStructure; }
  absl::Status Collect(const ModuleTree&, MetricResults&) override {
    return absl::OkStatus();
  }

 private:
  std::string title_;
};

// Makes itself, and may refuse.
class PickyMetric : public ShowingMetric {
 public:
  using ShowingMetric::ShowingMetric;
  static absl::StatusOr<std::unique_ptr<PickyMetric>> Make(
      const PluginOptions& options) {
    if (options.Int("count") > 3) return absl::OutOfRangeError("at most 3");
    return std::make_unique<PickyMetric>(options);
  }
};

// Asks for an option that it does not declare.
class ForgetfulMetric : public ShowingMetric {
 public:
  using ShowingMetric::ShowingMetric;
};

}  // namespace
}  // namespace strata

#define OPTIONS                                      \
  STRATA_OPTION("count", "int", "-2", "how many")    \
  STRATA_OPTION("factor", "real", "0.5", "how much") \
  STRATA_OPTION("loud", "bool", "false", "how loud") \
  STRATA_OPTION("label", "string", "a=b, c", "what it is called")

STRATA_METRIC_PLUGIN(showing, "with options", strata::ShowingMetric, OPTIONS);
STRATA_METRIC_PLUGIN(picky, "with options", strata::PickyMetric, OPTIONS);
STRATA_METRIC_PLUGIN(forgetful, "without", strata::ForgetfulMetric);

namespace strata {
namespace {

absl::StatusOr<std::string> TitleWith(const std::string& plugin,
                                      const OptionTexts& texts) {
  PluginHost host;
  host.AddStatic(strata_plugin_showing());
  host.AddStatic(strata_plugin_picky());
  host.AddStatic(strata_plugin_forgetful());
  Summarizer summarizer(host);
  summarizer.Metrics({plugin});
  for (const auto& [name, value] : texts) summarizer.Set(name, value);
  absl::StatusOr<std::vector<Column>> columns = summarizer.Columns();
  if (!columns.ok()) return columns.status();
  return (*columns)[0].title();
}

TEST(OptionValuesTest, AreGivenToThePlugin) {
  struct {
    OptionTexts texts;
    const char* title;
  } const rows[] = {
      {{}, "-2 0.5 0 a=b, c"},
      {{{"showing.count", "7"}}, "7 0.5 0 a=b, c"},
      {{{"showing.factor", "1e3"}, {"showing.loud", "true"}},
       "-2 1000 1 a=b, c"},
      {{{"showing.label", ""}, {"showing.count", "0"}}, "0 0.5 0 "},
      {{{"picky.count", "1"}}, "-2 0.5 0 a=b, c"},  // Another's.
  };
  for (const auto& row : rows) {
    ASSERT_OK_AND_ASSIGN(const std::string title,
                         TitleWith("showing", row.texts));
    EXPECT_EQ(title, row.title);
  }
}

TEST(OptionValuesTest, WhatIsWrong) {
  struct {
    OptionTexts texts;
    const char* message;
    const char* hint;
  } const rows[] = {
      {{{"showing.count", "many"}},
       "showing.count=many: expected a whole number",
       ""},
      {{{"showing.count", "1.5"}}, "expected a whole number", ""},
      {{{"showing.count", ""}}, "expected a whole number", ""},
      {{{"showing.factor", "nan"}}, "expected a number", ""},
      {{{"showing.loud", "very"}}, "expected true or false", ""},
      {{{"showing.cuont", "1"}},
       "metric 'showing' has no option 'cuont'",
       "did you mean 'count'? there are: count, factor, label, loud"},
      {{{"shoving.count", "1"}},
       "shoving.count=1: no plugin 'shoving'",
       "did you mean 'showing'? there are: picky, showing"},
      {{{"forgetful.count", "1"}},
       "metric 'forgetful' has no option 'count'",
       "it has none"},
  };
  for (const auto& row : rows) {
    const absl::Status status = TitleWith("showing", row.texts).status();
    EXPECT_THAT(status,
                IsError(absl::StatusCode::kInvalidArgument, row.message));
    EXPECT_EQ(ErrorHint(status), row.hint);
  }
}

TEST(OptionValuesTest, APluginMayRefuse) {
  EXPECT_THAT(TitleWith("picky", {{"picky.count", "3"}}), IsOk());
  EXPECT_THAT(
      TitleWith("picky", {{"picky.count", "4"}}),
      IsError(absl::StatusCode::kOutOfRange, "metric 'picky': at most 3"));
}

TEST(OptionValuesTest, WhatIsNotDeclaredIsAnError) {
  EXPECT_THAT(
      TitleWith("forgetful", {}),
      IsError(absl::StatusCode::kInternal, "the plugin declares no option '"));
}

TEST(OptionValuesTest, ADeclarationThatIsWrong) {
  for (const char* text : {"", "int", "int\t1", "number\t1\thelp",
                           "int\t\thelp", "bool\t2\thelp"}) {
    EXPECT_THAT(ParseOptionSpec("count", text),
                IsError(absl::StatusCode::kDataLoss, "option 'count'"))
        << text;
  }
  ASSERT_OK_AND_ASSIGN(const OptionSpec spec,
                       ParseOptionSpec("count", "int\t1\thelp\twith tab"));
  EXPECT_EQ(spec.help, "help\twith tab");
}

}  // namespace
}  // namespace strata
