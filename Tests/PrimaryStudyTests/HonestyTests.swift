import Foundation
import Imaging
import Inference
import PrimaryStudy
import Statistics
import Testing

@Suite struct SensitivityTests {
    @Test func errorsOfSignAndSizeAreThoseOfTheNoncentralT() {
        for reference in References.all.errors {
            let found = Sensitivity(participants: reference.n, criticalT: reference.critical).errors(d: reference.d)
            #expect(abs(found.power - reference.power) < 1e-8)
            #expect(abs(found.wrongSign - reference.wrongSign) < 1e-6 * max(1e-2, reference.wrongSign))
            #expect(abs(found.exaggeration - reference.exaggeration) < 2e-4 * reference.exaggeration)
        }
    }

    @Test func withoutCorrectionItIsDetectability() {
        let critical = Sensitivity.uncorrectedCriticalT(degreesOfFreedom: 9)
        let ours = Sensitivity(participants: 10, criticalT: critical)
        let theirs = Detectability(participants: 10)
        #expect(abs(ours.minimalDetectable() - theirs.minimalDetectable()) < 1e-9)
        #expect(abs(ours.smallestSignificant - theirs.smallestSignificant()) < 1e-12)
        #expect(Sensitivity(participants: 10, criticalT: 8).minimalDetectable() > 2 * ours.minimalDetectable())
    }

    /// Cohen's tables, G*Power: d_z = .5 needs 34 people, .8 needs 15 (power .8, two-sided .05).
    @Test func participantsNeeded() {
        #expect(Sensitivity.participantsNeeded(d: 0.5) == 34)
        #expect(Sensitivity.participantsNeeded(d: -0.8) == 15)
        #expect(Sensitivity.participantsNeeded(d: 0) == nil)
    }
}

@Suite struct ClusterHonestyTests {
    private let mask = SmallBrain.mask

    private func study(_ name: String, effect: Double, outlier: Float = 0) async throws -> (StudyImages, [Cluster]) {
        var rows = Draws(name).maps(12, mask: mask, effect: effect)
        for voxel in rows[3].indices { rows[3][voxel] += outlier }
        let images = try images(rows)
        let found = try await StudyTest(
            images: images, design: .oneSample(count: 12), options: .init(permutations: 50, clusterP: 0.01)
        ).run(workers: Workers(threads: 2))
        return (images, found.clusters(.both).map(\.cluster))
    }

    @Test func withoutASubjectIsAFitWithoutThatSubject() async throws {
        let (images, clusters) = try await study("leave", effect: 1.5)
        #expect(!clusters.isEmpty)
        let found = try LeaveOneSubjectOut.all(
            clusters, images: images, design: .oneSample(count: 12), contrast: 0, clusterP: 0.01)
        let kept = (0..<12).filter { $0 != 5 }
        let fit = try StudyFit(
            kept.map { images.rows[$0] }, design: .oneSample(count: 11), contrast: .init(name: "mean", [1]))
        let cluster = clusters[0]
        let sign = Float(cluster.sign)
        let values = cluster.voxels.map { sign * fit.statistic[Int($0)] }
        #expect(found[0].without[5].peak == Double(sign * (values.max() ?? 0)))
        let threshold = Float(StudentT(degreesOfFreedom: 10).quantile(upperTail: 0.01))
        let share = Double(values.count { $0 > threshold }) / Double(values.count)
        #expect(abs(found[0].without[5].share - share) < 1e-12)
        #expect(found[0].without.count == 12)
        #expect(abs(found[0].peak - cluster.peak.value) < 1e-4)
    }

    /// A two-sample design from which a group of one is taken away cannot be fitted: said, not made up.
    @Test func aDesignThatFallsApartGivesNoNumber() throws {
        let rows = Draws("apart").maps(6, mask: mask)
        let design = try StudyDesign.twoSample(isFirst: [true, false, false, false, false, false])
        let cluster = Cluster(sign: 1, voxels: [0, 1], peaks: [])
        let found = try LeaveOneSubjectOut.all(
            [cluster], images: images(rows), design: design, contrast: 0, clusterP: 0.01)
        #expect(found[0].without[0].share.isNaN)
        #expect(!found[0].without[1].share.isNaN)
    }

    /// On noise, values read where they were selected are far from 0; read where the others alone point, they are 0 on average.
    @Test func crossValidationTakesTheCircleOut() async throws {
        var circular: [Double] = []
        var crossed: [Double] = []
        for set in 0..<40 {
            let (images, clusters) = try await study("noise \(set)", effect: 0)
            let found = try await CrossValidatedCluster.all(
                clusters, images: images, design: .oneSample(count: 12), contrast: 0, clusterP: 0.01,
                workers: Workers(threads: 2))
            // Clusters of one data set are not independent: one number each.
            guard !clusters.isEmpty else { continue }
            let signs = clusters.map { Double($0.sign) }
            circular.append(zip(signs, found).reduce(0) { $0 + $1.0 * $1.1.circularMean } / Double(clusters.count))
            crossed.append(
                zip(signs, found).reduce(0) { $0 + $1.0 * $1.1.crossValidatedMean } / Double(clusters.count))
            #expect(found.allSatisfy { $0.readings.count == 12 })
        }
        let n = Double(crossed.count)
        let (a, b) = (circular.reduce(0, +) / n, crossed.reduce(0, +) / n)
        let error = (crossed.reduce(0) { $0 + ($1 - b) * ($1 - b) } / (n - 1) / n).squareRoot()
        #expect(n > 30)
        #expect(a > 0.3)
        #expect(abs(b) < 3 * error + 0.1 * a, "circular \(a), cross-validated \(b), standard error \(error)")
    }

    /// Chosen by rank and by the others alone, wherever it lies; where they have no such cluster, their highest voxel outside theirs.
    @Test func thePlaceIsTheOthersOwn() {
        let others = [
            Cluster(sign: -1, voxels: [3, 4], peaks: []), Cluster(sign: -1, voxels: [7], peaks: []),
        ]
        let scores: [Float] = [-2, 5, .nan, -4, -4, 0, -2.5, -4]
        #expect(CrossValidatedCluster.place(ofRank: 0, sign: -1, among: others, of: scores) == [3, 4])
        #expect(CrossValidatedCluster.place(ofRank: 1, sign: -1, among: others, of: scores) == [7])
        #expect(CrossValidatedCluster.place(ofRank: 2, sign: -1, among: others, of: scores) == [6])
        #expect(CrossValidatedCluster.place(ofRank: 0, sign: 1, among: [], of: scores) == [1])
    }

    /// With a strong effect the others find the cluster, and both values agree.
    @Test func aStrongEffectIsReadAlike() async throws {
        let (images, clusters) = try await study("strong", effect: 4)
        let found = try await CrossValidatedCluster.all(
            clusters, images: images, design: .oneSample(count: 12), contrast: 0, clusterP: 0.01,
            workers: Workers(threads: 2))
        #expect(found[0].shareFound == 1)
        #expect(found[0].crossValidatedMean > 0.85 * found[0].circularMean)
    }

    @Test func sharesInTheDirectionOfTheMean() throws {
        let people = try Trajectories(
            sessions: ["pre", "post"], subjects: names(5), values: [[1, 2], [2, 4], [3, 3], [4, 1], [5, .nan]])
        #expect(people.meanChange == 0)
        let others = try Trajectories(
            sessions: ["pre", "post"], subjects: names(4), values: [[1, 2], [2, 4], [3, 3], [4, 3.5]])
        #expect(others.inDirectionOfMean == (2, 4))
    }
}

@Suite struct ParetoTailTests {
    /// Largest of 200 normal values: the tail is known. 500 permutations; p of 1 in 1,000 and 1 in 5,000.
    @Test func aKnownTailIsContinued() throws {
        var ratios: [[Double]] = [[], []]
        for set in 0..<40 {
            let draws = Draws("tail \(set)")
            // The largest of 200: Φ^200 inverted.
            let sorted = (0..<500).map { Normal.quantile(pow(draws.uniform($0, 0), 1.0 / 200)) }.sorted()
            guard let tail = ParetoTail(sorted) else { continue }
            for (place, p) in [1e-3, 2e-4].enumerated() {
                let value = Normal.quantile(pow(1 - p, 1.0 / 200))
                ratios[place].append(log10(try #require(tail.p(value)) / p))
            }
            #expect(tail.p(tail.start - 1) == nil)
        }
        #expect(ratios[0].count > 35)
        // Right on average within a third of a decade, and without great scatter.
        let mean = ratios[0].reduce(0, +) / Double(ratios[0].count)
        #expect(abs(mean) < 0.33, "\(mean)")
        let spread = (ratios[0].reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(ratios[0].count)).squareRoot()
        #expect(spread < 0.6, "\(spread)")
    }

    @Test func aLumpIsNotATail() {
        // Half the values alike: no generalised Pareto tail.
        let sorted = [Double](repeating: 1, count: 200) + [Double](repeating: 5, count: 200)
        #expect(ParetoTail(sorted) == nil)
        #expect(ParetoTail([1, 2, 3]) == nil)
    }
}
