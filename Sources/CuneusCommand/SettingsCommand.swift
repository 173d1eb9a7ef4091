import ArgumentParser
import Cuneus

struct SettingsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "settings",
        abstract: "List every setting: its default, unit and meaning.",
        discussion: """
            A setting goes into cuneus.yaml (under defaults:, or under one model), or on the command line as
            --set key=value, which has the last word. All of them are recorded in run.json.
            """)

    @Flag(help: "As tab-separated values.") var tsv = false

    func run() throws {
        let defaults = Settings()
        var lines = tsv ? ["key\tdefault\tunit\tallowed\tmeaning"] : []
        for key in SettingKey.all {
            let value = key.text(in: defaults)
            if tsv {
                lines.append(
                    [key.name, value, key.unit.isEmpty ? "n/a" : key.unit, key.allowed, key.meaning].joined(
                        separator: "\t"))
            } else {
                let unit = key.unit.isEmpty ? "" : " \(key.unit)"
                lines.append("\(key.name) = \(value)\(unit)\n    \(key.meaning)\n    allowed: \(key.allowed)")
            }
        }
        try StandardOutput.print(lines.joined(separator: "\n"))
    }
}
