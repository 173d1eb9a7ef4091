import ArgumentParser
import Cuneus

@main
struct CuneusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "cuneus")
}
