import ArgumentParser

struct Speed: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Time per stage.")
    func run() async throws {}
}
