public import Evidence
import Figures
import Formats
import Imaging
import Inference
public import PrimaryStudy

/// What would be tested, said before it is: `cuneus study --check`.
public struct StudyCheck: Sendable {
    private let analysis: StudyAnalysis
    private let smallest: String
    private let memory: StudyMemory

    /// - Parameter threads: that it is to run on.
    /// - Throws: where the design cannot be tested.
    public init(_ analysis: StudyAnalysis, threads: Int) throws(StudyError) {
        self.analysis = analysis
        memory = analysis.memory(threads: threads)
        let test = try analysis.test()
        let p = try test.prepare().smallestP(test.contrast.isJoint ? .positive : .both)
        smallest =
            "The smallest p there can be is \(NumberText.significant(p, 2))\(test.contrast.isJoint ? "" : ", both tails together")."
    }

    public var text: String {
        let design = analysis.participants
        let arrangements = design.arrangements
        let all =
            arrangements <= Double(analysis.choices.permutations)
            ? "all \(NumberText.text(arrangements))"
            : "\(analysis.choices.permutations) of \(arrangements < 1e15 ? NumberText.text(arrangements) : "more than 10^15")"
        var lines = [
            "\(design.title): \(PrettyNumber.plural(design.people, "person", "people")), \(analysis.area.words) (\(analysis.mask.count) \(analysis.area.kind == .regionValues ? "regions" : "voxels"))",
            "Columns: \(design.columns.map { $0.isTested ? "\($0.name) (tested)" : $0.name }.joined(separator: ", "))",
            design.exchangeWords(movingColumns: analysis.choices.nuisance == .draperStoneman),
            "Arrangements: \(all). \(smallest)",
        ]
        if analysis.area.kind != .regionValues { lines.append("It takes \(memory.words).") }
        if let caution = analysis.area.caution { lines.append(caution) }
        return lines.joined(separator: "\n")
    }
}

extension StudyExperiment {
    /// What keeps a study from becoming an experiment of a project, told before the work.
    public static func check(_ analysis: StudyAnalysis, id: String) throws(InputError) {
        guard analysis.participants.tested.count == 1 else {
            throw InputError(
                "an F test has no direction, and cannot be an experiment of a project (--into).",
                remedy: Self.oneAtATime)
        }
        guard analysis.area.isWholeBrain else {
            throw InputError(
                "the study looks at \(analysis.area.words) only; an experiment's map is of the whole brain (--into).",
                remedy:
                    "Run it without --region, --sphere, --mask FILE and --values: a meta-analysis uses the whole map, whatever survives."
            )
        }
    }
}
