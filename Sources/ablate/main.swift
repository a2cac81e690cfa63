import Foundation

exit(Program(words: Array(CommandLine.arguments.dropFirst())).run().rawValue)
