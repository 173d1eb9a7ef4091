import ArgumentParser

/// Statistic images by themselves.
struct ImageCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "image",
        abstract: "Turn statistic images into others, or into the peaks a paper would print.",
        subcommands: [ImageConvertCommand.self, ImagePeaksCommand.self])
}
