import Evidence
import Formats
import Foundation
import Imaging
import Inference
import PrimaryStudy
import Reporting
import Statistics
import TestSupport

/// Ten simulated people before and after, on a coarse head, with one place that changes in all of them.
enum StudyFixture {
    static let place: SIMD3<Double> = [2, 26, 32]

    /// - Parameter carrier: person who alone brings a second place.
    static func table() throws -> ParticipantTable {
        var text = "id\tsession\timage\tgroup\tscore\n"
        for person in 1...10 {
            for session in ["pre", "post"] {
                let score = session == "pre" ? 20 : 20 - person
                text += "p\(person)\t\(session)\t\(person)\(session).nii\t\(person < 6 ? "a" : "b")\t\(score)\n"
            }
        }
        return try ParticipantTable(path: "table.tsv", bytes: Array(text.utf8))
    }

    /// Values of a row: noise by a counter, and the effect after.
    static func values(_ person: Int, post: Bool, effect: Double, seed: UInt64 = 7) -> [Float] {
        let stream = Philox(seed: seed, name: "study fixture \(person)\(post)", purpose: 99)
        return (0..<Head.mask.count).map { voxel in
            let words = stream([UInt32(voxel), 0, 0, 0])
            let uniform = (0..<4).reduce(0.0) { $0 + Double(words[$1]) / Double(UInt32.max) }
            let noise = (uniform - 2) * 1.7
            let away = Head.mask.world(at: voxel) - place
            let near = (away * away).sum() < 14 * 14
            return Float(noise + 0.01 + (post && near ? effect : 0))
        }
    }

    static func analysis(
        effect: Double = 6, paired: String? = "session=pre,post", groups: String? = nil, correlate: String? = nil,
        covariates: String? = nil, area: StudyArea.Kind = .wholeBrain, choices: StudyChoices = StudyChoices(),
        seed: UInt64 = 7
    ) throws -> StudyAnalysis {
        let table = try table()
        let design = try ParticipantDesign(
            StudyQuestion(paired: paired, groups: groups, correlate: correlate, covariates: covariates), table: table)
        let rows = design.rows.map { row in
            values(Int(row.subject.dropFirst()) ?? 0, post: row.session == "post", effect: effect, seed: seed)
        }
        let images = ParticipantImages(mask: Head.mask, values: rows, facts: [], inputFiles: [], notices: [])
        return StudyAnalysis(
            name: "fixture", design, table: table, images: images,
            area: StudyArea(
                kind: area, names: area == .smallVolume ? ["left amygdala"] : [], voxels: Head.mask.count,
                volume: 512 * Double(Head.mask.count)), choices: choices, places: .none)
    }

    static func machine() -> MachineRecord {
        MachineRecord(started: .init(), commandLine: ["cuneus", "study"], threads: 1, instructionSet: "baseline")
    }

    static func record(_ result: StudyResult) -> StudyRecord {
        StudyRecord(result, inputs: [], files: [], machine: machine())
    }
}
