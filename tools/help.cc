#include "tools/commands.h"

namespace strata::tools {
namespace {

// Each fits a screen of 80 columns.
constexpr char kSummaryHelp[] =
    R"(strata: what a PyTorch model is made of: layers, shapes, parameters, MACs.

  strata MODEL [--input_size=SHAPES] [options]    summarise a model file
  strata show SUMMARY [options]                   a saved summary, in any form
  strata plugins, strata new-plugin KIND NAME     what there is; one of your own

Model and run
  --input_size=1x3x224x224[:dtype],...  one shape per input of forward; without
                        it what the file records, else parameters only
  --dim=NAME=SIZE,...  --program=NAME   of a .pt2: open sizes; one of several
  --inputs=FILE         real inputs in its place, that torch.save wrote
  --device=shape|cpu|cuda[:N]  shapes alone, or a real run (shape)
  --mode=eval|train     the modules' mode during the run (eval)
  --runs=N  --warmup=N  --min_time=SECONDS  of timed runs (until steady)
  --threads=N  --quiet  threads of the CPU's kernels; no progress shown
  --timeout=SECONDS  --partial  ends a longer run; what ran before an error
  --memory_limit=24GiB  with --metrics=memory: the biggest batch that fits
  --op_library=FILE,... operators of others that the model calls (a .so)
What is shown
  --metrics=a,b         params, macs, memory, latency, ... (params,macs)
  --columns=a,b         columns, in order: input_size, output_size, num_params,
                        params_percent, kernel_size, groups, stride, padding,
                        dilation, mult_adds, trainable, dtype, or a metric's
  --row_settings=a,b    of depth, var_names, ascii_only, parameters,
                        hide_recursive_layers (var_names)
  --depth=N             deepest level printed (3); totals count everything
  --expand=PATH,...     modules shown with all that is in them
  --match=REGEX  --fold only modules that it finds; like siblings become one
  --heat=COLUMN         a bar: what part of that column's total a row is
  --title=TEXT  --width=N   another title; cells that the table may take
Where it goes
  --format=NAME,...     formatters: table, markdown, json, csv, ... (table)
  --output=FILE,...     not standard output (-); the format follows its ending
  --plugin_path=DIR[:DIR...]  --allow_insecure_plugins  --set=PLUGIN.OPTION=TEXT
  --config=FILE         saved options (.strata.textproto); --help, --version
  --verbose             a profile by phase; with an error, all LibTorch said
Examples
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

  strata plugins [--plugin_path=DIR[:DIR...]] [--allow_insecure_plugins]
                 [--verbose]

A plugin that others could change is refused, unless --allow_insecure_plugins
takes it. --verbose also lists the options of each plugin, which
--set=PLUGIN.OPTION=VALUE changes for a run; it may be repeated.

Looks, in this order, in --plugin_path, in the environment variable
STRATA_PLUGIN_PATH, and in the folder beside the program. Of two plugins with
one kind and name the first found is used. No plugin is loaded for this.

Examples
  strata plugins
  strata plugins --plugin_path=$HOME/lab/plugins
)";

constexpr char kNewPluginHelp[] =
    R"(strata new-plugin: the folder of a plugin of your own, ready to build.

  strata new-plugin metric|formatter|source NAME [--output=FOLDER]

NAME is of lower-case letters, digits and _, and the folder's unless --output
names another. In it are NAME.cc, which works as it is, a CMakeLists.txt, a
Makefile and a BUILD; each builds NAME.so and runs its conformance test.

Examples
  strata new-plugin metric my_metric
  make -C my_metric STRATA=/opt/strata test
  strata model.pt --input_size=1x3x224x224 --plugin_path=$PWD/my_metric \
    --metrics=params,my_metric
)";

}  // namespace

const char* HelpText(const std::string& command) {
  if (command == "plugins") return kPluginsHelp;
  if (command == "new-plugin") return kNewPluginHelp;
  return command == "show" ? kShowHelp : kSummaryHelp;
}

}  // namespace strata::tools
