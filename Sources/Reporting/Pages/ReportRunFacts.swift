import Figures
import Foundation

/// Where, when and with what a run was made.
struct ReportRunFacts {
    let record: RunRecord

    init(_ record: RunRecord) { self.record = record }

    var html: HTML { facts + inputs + timings + settings }

    /// Of every model, whatever its methods.
    private var settingsOfModels: [(name: String, settings: [String: String])] {
        var all = record.result.models.map { (name: $0.name, settings: $0.settings) }
        for comparison in record.result.comparisons ?? [] where !all.contains(where: { $0.name == comparison.name }) {
            all.append((comparison.name, comparison.settings))
        }
        all += (record.result.outcomes ?? []).map { ("outcome: \($0.name)", $0.settings) }
        return all
    }

    private var facts: HTML {
        let machine = record.machine
        let seeds = Set(settingsOfModels.compactMap { $0.settings["seed"] }).sorted().joined(separator: ", ")
        let rows: [(String, HTML)] = [
            ("Version", .text("Cuneus \(record.version), built with Swift \(machine.swift)")),
            ("Seed", .text(seeds)),
            ("Plan (SHA-256)", HTML.element("code", [], record.result.planSHA256 ?? "none")),
            ("Command", HTML.element("code", [], machine.commandLine.joined(separator: " "))),
            ("Started", .text(machine.started)),
            ("Machine", .text("\(machine.operatingSystem), \(PrettyNumber.plural(machine.cores, "core"))")),
            ("Threads", .text(String(machine.threads))),
            ("Instruction set", .text(machine.instructionSet)),
            ("Time", .text("\(PrettyNumber.fixed(machine.totalSeconds, 1)) s")),
            ("Peak memory", .text("\(PrettyNumber.count(machine.peakMemoryBytes / 1_048_576)) MiB")),
        ]
        let items = rows.map { HTML.element("dt", [], $0.0) + HTML.element("dd", [], $0.1) }
        return HTML.element("dl", [], items.joined())
    }

    private var inputs: HTML {
        guard !record.result.inputs.isEmpty else { return HTML() }
        return HTMLTable(
            caption: "Input files (SHA-256 of the content, uncompressed)",
            columns: [.init("File"), .init("Bytes", number: true), .init("SHA-256")],
            rows: record.result.inputs.map {
                [.text($0.path), .text(PrettyNumber.count($0.bytes)), HTML.element("code", [], $0.sha256)]
            }
        ).html
    }

    private var timings: HTML {
        guard !record.machine.timings.isEmpty else { return HTML() }
        return HTMLTable(
            caption: "Time per stage",
            columns: [.init("Stage"), .init("Model"), .init("Seconds", number: true)],
            rows: record.machine.timings.map {
                [.text($0.stage), .text($0.model ?? "–"), .text(PrettyNumber.fixed($0.seconds, 2))]
            }
        ).html
    }

    /// Every setting of every model, so that the page alone says how a result came about.
    private var settings: HTML {
        let models = settingsOfModels
        guard let first = models.first else { return HTML() }
        return HTMLTable(
            caption: "All settings",
            columns: [.init("Setting")] + models.map { .init($0.name) },
            rows: first.settings.keys.sorted().map { key in
                [HTML.element("code", [], key)] + models.map { HTML.text($0.settings[key] ?? "–") }
            }
        ).html
    }
}
