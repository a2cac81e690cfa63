import Foundation
import Glibc

// A reader that leaves early (`ablate … | head`) must not end a run; see ``Terminal``.
signal(SIGPIPE, SIG_IGN)
exit(Program(words: Array(CommandLine.arguments.dropFirst())).run().rawValue)
