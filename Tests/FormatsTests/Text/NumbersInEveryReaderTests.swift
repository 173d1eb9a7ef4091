import Evidence
import Formats
import Imaging
import TestSupport
import Testing

/// Every spelling of numbers against every reader of texts: a number is read as what was meant, or told, or left as text. It is
/// never another number.
@Suite("Numbers in every reader")
struct NumbersInEveryReaderTests {
    /// The covariate that a table gives for one cell, beside cells that prove nothing or decimal commas; nil where it is refused.
    private func covariate(_ cell: String, beside others: [String], _ name: String, quotes: Bool) throws -> Experiment
        .Covariate?
    {
        let separator = quotes ? "," : "\t"
        func line(_ cells: [String]) -> String {
            cells.map { quotes ? "\"\($0)\"" : $0 }.joined(separator: separator) + "\n"
        }
        let scratch: Scratch
        if name == "sdm" {
            var text = line(["study", "n1", "dose"]) + line(["A", "20", cell])
            for (index, other) in others.enumerated() { text += line(["B\(index)", "20", other]) }
            scratch = try Scratch(["sdm_table.txt": text, "A.no_peaks.txt": ""])
            for index in others.indices { try scratch.write("B\(index).no_peaks.txt", "") }
        } else {
            var text = line(["experiment", "n1", "report", "dose"]) + line(["A", "20", "none", cell])
            for (index, other) in others.enumerated() { text += line(["B\(index)", "20", "none", other]) }
            scratch = try Scratch(["studies.tsv": text])
        }
        guard let project = try? scratch.read() else { return nil }
        return project.experiments.first { $0.id == "A" }?.covariates["dose"]
    }

    @Test("a covariate in a study table", arguments: NumberSpelling.allCases, ["native", "sdm"])
    func covariates(_ spelling: NumberSpelling, _ format: String) throws {
        var random = SeededGenerator(3)
        var read = 0
        for round in 0..<60 {
            let decimals = Int.random(in: 0...3, using: &random)
            let number =
                Int.random(in: -3_000_000...3_000_000, using: &random) / [1, 100, 10000].randomElement(using: &random)!
            let meant = NumberSpelling.value(number, decimals: decimals)
            // A table is written in one way; its neighbour may prove how.
            let proof =
                spelling == .comma || spelling == .pointThousands || spelling == .spaceThousands ? "31,5" : "12.5"
            let cell = spelling.text(number, decimals: decimals)
            let found = try covariate(
                cell, beside: round % 2 == 0 ? [proof] : [], format,
                quotes: round % 3 == 0 && spelling != .leftToRightMark)
            // 2.190 alone is read as everyone else writes it.
            if spelling == .pointThousands, round % 2 == 1 { continue }
            if case .number(let value) = found {
                read += 1
                #expect(value == meant, "\(cell)")
            }
        }
        // The rule is no excuse for reading nothing.
        #expect(read > 5, "\(spelling)")
    }

    @Test("a t, a coordinate and a threshold, which are never in the thousands", arguments: NumberSpelling.allCases)
    func small(_ spelling: NumberSpelling) throws {
        var random = SeededGenerator(4)
        for _ in 0..<40 {
            let number = Int.random(in: 1100...9999, using: &random)
            let decimals = Int.random(in: 2...3, using: &random)
            let meant = NumberSpelling.value(number, decimals: decimals)
            let cell = spelling.text(number, decimals: decimals)
            let native = try Scratch([
                "studies.tsv": "experiment\tn1\tt_thr\nA\t20\t\(cell)\n",
                "peaks.tsv": "experiment\tx\ty\tz\tspace\tstat\tvalue\nA\t\(cell)\t0\t0\tmni\tt\t\(cell)\n",
            ])
            if let experiment = try? native.read().experiments.first {
                #expect(experiment.tThreshold == meant)
                #expect(experiment.peaks.first?.coordinate.x == meant)
                #expect(experiment.peaks.first?.height == .t(meant))
            }
            for separator in [",", ";", "\t", " "] {
                let sdm = try Scratch([
                    "sdm_table.txt": "study\tn1\tt_thr\nA\t20\t\(cell)\n",
                    "A.spm_mni.txt": [cell, "2", "3", cell].joined(separator: separator) + "\n",
                ])
                guard let experiment = try? sdm.read().experiments.first else { continue }
                #expect(experiment.tThreshold == meant)
                #expect(experiment.peaks.first?.coordinate.x == meant, "\(cell) with \(separator)")
                #expect(experiment.peaks.first?.height == .t(meant), "\(cell) with \(separator)")
            }
            for separator in ["\t", " ", ", ", ";"] {
                let sleuth = try Scratch([
                    "foci.txt": "//Reference=MNI\n// A, 2001: x\n//Subjects=12\n"
                        + [cell, "2", "3"].joined(separator: separator) + "\n"
                ])
                guard let peak = try? sleuth.read("foci.txt").experiments.first?.peaks.first else { continue }
                #expect(peak.coordinate == [meant, 2, 3], "\(cell) with \(separator)")
            }
            let nimads = try Scratch([
                "studyset.json": """
                {"studies": [{"id": "s", "metadata": {"sample_size": 20}, "analyses": [{"id": "a", "points": [
                 {"space": "MNI", "coordinates": [1, 2, 3]},
                 {"space": "MNI", "coordinates": ["\(cell)", 2, 3], "values": [{"kind": "T", "value": "\(cell)"}]}]}]}]}
                """
            ])
            let peaks = try nimads.read("studyset.json").experiments[0].peaks
            if peaks.count == 2 {
                #expect(peaks[1].coordinate.x == meant)
                #expect(peaks[1].height == .t(meant) || peaks[1].height == .unknown)
            }
        }
    }

    @Test("a number of people", arguments: NumberSpelling.allCases)
    func people(_ spelling: NumberSpelling) throws {
        var random = SeededGenerator(5)
        for _ in 0..<40 {
            let number = Int.random(in: 10...99_999, using: &random)
            let cell = spelling.text(number, decimals: 0)
            let texts = [
                ("", ["studies.tsv": "experiment\tn1\treport\nA\t\(cell)\tnone\n"]),
                ("", ["sdm_table.txt": "study\tn1\nA\t\(cell)\n", "A.no_peaks.txt": ""]),
                ("f.txt", ["f.txt": "//Reference=MNI\n// A, 2001: x\n//Subjects=\(cell)\n1 2 3\n"]),
                (
                    "studyset.json",
                    [
                        "studyset.json":
                            "{\"studies\": [{\"id\": \"s\", \"metadata\": {\"sample_size\": \"\(cell)\"}, \"analyses\": "
                            + "[{\"points\": [{\"space\": \"MNI\", \"coordinates\": [1, 2, 3]}]}]}]}"
                    ]
                ),
            ]
            for (name, files) in texts {
                guard let experiment = try? Scratch(files).read(name).experiments.first else { continue }
                #expect(
                    experiment.n1 == number || experiment.n1 == 0,
                    "\(cell) in \(files.keys.sorted()) is \(experiment.n1)")
            }
        }
    }
}
