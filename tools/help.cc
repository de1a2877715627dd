#include "tools/commands.h"

namespace strata::tools {
namespace {

// Each fits a screen of 80 columns.
constexpr char kSummaryHelp[] =
    R"(strata: what a PyTorch model is made of: layers, shapes, parameters, MACs.

  strata MODEL [--input_size=SHAPES] [options]    summarise a model file
  strata show SUMMARY [options]                   a saved summary, in any form
  strata plugins                                  what was found, and where

Model and run
  --input_size=1x3x224x224[:dtype],...  one shape per input of forward; without
                        it nothing runs: structure and parameters only
  --inputs=FILE         real inputs in its place: a tensor, tuple or dict that
                        torch.save wrote
  --timeout=SECONDS  --partial  ends a longer run; what ran before an error
  --memory_limit=24GiB  with --metrics=memory: the biggest batch that fits
  --device=shape|cpu    shapes alone, without weights, or a real run (shape)
  --mode=eval|train     the modules' mode during the run (eval)
  --op_library=FILE,... operators of others that the model calls (a .so)
What is shown
  --metrics=a,b         metrics to run (params,macs)
  --columns=a,b         columns, in order: input_size, output_size, num_params,
                        params_percent, kernel_size, groups, stride, padding,
                        dilation, mult_adds, trainable, dtype, or a metric's
  --row_settings=a,b    of depth, var_names, ascii_only, parameters,
                        hide_recursive_layers (var_names)
  --depth=N             deepest level printed (3); totals count everything
  --expand=PATH,...     modules shown with all that is in them
  --match=REGEX         only modules whose path or class it finds, wherever
  --fold                identical siblings in a row become one
  --heat=COLUMN         a bar: what part of that column's total a row is
  --title=TEXT  --width=N   another title; cells that the table may take
Where it goes
  --format=NAME,...     formatters: table, markdown, json, csv, ... (table)
  --output=FILE,...     not standard output (-); the format follows its ending
  --plugin_path=DIR[:DIR...]  more places to look for plugins
  --verbose             a profile by phase; with an error, all LibTorch said
  --help, --version

Examples
  strata resnet18.pt --input_size=1x3x224x224
  strata bert.pt --input_size=1x128:int64 --depth=5 --columns=output_size,macs
  strata model.pt --input_size=1x3x224x224 --output=report.md,model.json
)";

constexpr char kShowHelp[] =
    R"(strata show: a summary that was saved, in any form. No model is read or run.

  strata show SUMMARY [options]

SUMMARY is what --format=json, binary or html wrote, whatever its name is.

  --format=NAME,...     formatters: table, markdown, json, csv, ... (table)
  --output=FILE,...     not standard output (-); the format follows its ending
  --columns=a,b  --row_settings=a,b  --depth=N  --expand=PATH,...  --match=REGEX
  --fold  --heat=COLUMN  --title=TEXT  --width=N
                        as for strata MODEL: see strata --help
  --plugin_path=DIR[:DIR...]  more places to look for plugins

Examples
  strata resnet18.pt --input_size=1x3x224x224 --output=resnet18.json
  strata show resnet18.json --depth=1
  strata show resnet18.json --output=report.md,layers.csv
)";

constexpr char kPluginsHelp[] =
    R"(strata plugins: which plugins were found, where, which were refused and why.

  strata plugins [--plugin_path=DIR[:DIR...]]

Looks, in this order, in --plugin_path, in the environment variable
STRATA_PLUGIN_PATH, and in the folder beside the program. Of two plugins with
one kind and name the first found is used. No plugin is loaded for this.

Examples
  strata plugins
  strata plugins --plugin_path=$HOME/lab/plugins
)";

}  // namespace

const char* HelpText(const std::string& command) {
  if (command == "plugins") return kPluginsHelp;
  return command == "show" ? kShowHelp : kSummaryHelp;
}

}  // namespace strata::tools
