// What is said when a plugin ends the program in place of returning.

#ifndef STRATA_TOOLS_LAST_WORDS_H_
#define STRATA_TOOLS_LAST_WORDS_H_

namespace strata::tools {

// From here on exit(), quick_exit() and an exception that nobody can catch (of
// a static object, while its library is loaded) end the program with an error
// line and status 1, and leave no half-written file. The program itself ends
// with _Exit(). A crash, abort() and _exit() are not caught.
void SayWhoEndsTheProgram();

}  // namespace strata::tools

#endif  // STRATA_TOOLS_LAST_WORDS_H_
