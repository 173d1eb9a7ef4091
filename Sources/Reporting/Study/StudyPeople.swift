import Formats
import Imaging
import Inference
import PrimaryStudy

/// What each person shows at a place, and what is left of the place without each person (``PrimaryStudy/CrossValidatedCluster``), in
/// the size that suits the question.
struct StudyPeople {
    private let analysis: StudyAnalysis
    private let test: StudyTest
    /// nil with too many people.
    private let leaving: LeaveOneSubjectOut?
    private let people: [String]

    /// Beyond this many people leaving one out changes little, and takes long.
    static let mostPeople = 200
    /// Of people, for the bootstrap's intervals.
    static let draws = 5_000

    init(_ analysis: StudyAnalysis, test: StudyTest, workers: Workers) async throws {
        self.analysis = analysis
        self.test = test
        var seen: Set<String> = []
        people = test.images.subjects.filter { seen.insert($0).inserted }
        leaving =
            people.count > Self.mostPeople
            ? nil : try await LeaveOneSubjectOut(test, clusterP: analysis.choices.clusterP, workers: workers)
    }

    /// - Parameter rank: of the finding among those of its sign, from 0, the largest first.
    func described(_ finding: StudyFinding, rank: Int) -> StudyFinding {
        var finding = finding
        let participants = analysis.participants
        let read = CrossValidatedCluster(finding.cluster, rank: rank, of: test.images, leaving: leaving)
        finding.values = read.circular
        finding.people = people
        finding.trajectories = people.map { subject in
            guard let unit = participants.units.first(where: { $0.subject == subject }) else { return [] }
            return unit.trajectory.map { PlaceMean.of(analysis.rows[$0], finding.cluster.voxels) }
        }
        finding.effect = effect(read.circular)
        finding.without = read.without
        // A region that was named beforehand was not chosen by its values: there is nothing to validate.
        if leaving != nil, analysis.regions.isEmpty { finding.validated = effect(read.crossValidated) }
        if participants.kind == .paired, !isAdjusted {
            finding.within = WithinSubjectEffect(
                first: finding.trajectories.map { $0.first ?? .nan },
                second: finding.trajectories.map { $0.last ?? .nan })
        }
        return finding
    }

    private func effect(_ values: [Double]) -> StudyEffect? {
        let participants = analysis.participants
        let seed = analysis.choices.seed
        // An F has no side: its size is the share that it explains.
        if test.contrast.isJoint {
            return StudyEffect(explaining: values, design: test.design, contrast: test.contrast)
        }
        if isAdjusted {
            return StudyEffect(
                adjusted: values, design: test.design, contrast: test.contrast,
                isCorrelation: !participants.predictors.isEmpty,
                symbol: participants.kind == .paired ? "adjusted d_z" : "adjusted d", draws: Self.draws, seed: seed)
        }
        switch participants.kind {
        case .mean: return StudyEffect(mean: values, isChange: false, draws: Self.draws, seed: seed)
        case .paired: return StudyEffect(mean: values, isChange: true, draws: Self.draws, seed: seed)
        case .repeated, .severalGroups, .severalChanges: return nil
        case .groups, .controlledChange:
            guard let groups = participants.question.groups else { return nil }
            let isFirst = participants.units.map { $0.group == groups.names[0] }
            return StudyEffect(
                first: values.indices.filter { isFirst[$0] }.map { values[$0] },
                second: values.indices.filter { !isFirst[$0] }.map { values[$0] }, draws: Self.draws, seed: seed)
        case .correlation, .changeOnValue, .changeOnChange, .prediction:
            return participants.predictor.flatMap {
                StudyEffect(values, with: $0.values, draws: Self.draws, seed: seed)
            }
        }
    }

    /// Whether columns are held constant.
    private var isAdjusted: Bool {
        let participants = analysis.participants
        guard participants.kind != .repeated else { return false }
        let plain = participants.kind == .mean || participants.kind == .paired ? 1 : 2
        return participants.columns.count > plain
    }
}
