import Foundation
import Imaging
import Inference
import PrimaryStudy
import Statistics
import Testing

@Suite struct StudyPowerTests {
    private func oneSample(_ n: Int) -> StudyPower {
        StudyPower(degreesOfFreedom: Double(n - 1), dPerT: 1 / Double(n).squareRoot(), isCorrelation: false)
    }

    /// Type M by Simpson's rule up to where a hundred-thousandth is left.
    @Test func errorsOfSignAndSizeAreThoseOfTheNoncentralT() {
        for reference in References.all.errors {
            let found = oneSample(reference.n).outcome(reference.d, reference.critical)
            #expect(abs(found.power - reference.power) < 1e-8)
            #expect(abs(found.wrongSign - reference.wrongSign) < 1e-6 * max(1e-2, reference.wrongSign))
            #expect(abs(found.exaggeration - reference.exaggeration) < 1e-3 * reference.exaggeration)
        }
    }

    @Test func withoutCorrectionItIsDetectability() {
        let critical = StudentT(degreesOfFreedom: 9).quantile(upperTail: 0.025)
        let theirs = Detectability(participants: 10)
        #expect(abs(oneSample(10).detectable(critical) - theirs.minimalDetectable()) < 1e-9)
        #expect(abs(oneSample(10).effect(t: critical) - theirs.smallestSignificant()) < 1e-12)
        #expect(oneSample(10).detectable(8) > 2 * oneSample(10).detectable(critical))
    }

    /// Cohen's tables, G*Power: d_z = .5 needs 34 people, .8 needs 15 (power .8, two-sided .05).
    @Test func participantsNeeded() {
        let critical = StudentT(degreesOfFreedom: 9).quantile(upperTail: 0.025)
        #expect(oneSample(10).needed(0.5, critical: critical, people: 10) == 34)
        #expect(oneSample(10).needed(0.8, critical: critical, people: 10) == 15)
        #expect(oneSample(10).needed(0.001, critical: critical, people: 10) == nil)
    }
}

@Suite struct ClusterHonestyTests {
    private let mask = SmallBrain.mask

    private struct Study {
        let images: StudyImages
        let clusters: [Cluster]
        let leaving: LeaveOneSubjectOut

        var read: [CrossValidatedCluster] {
            zip(clusters, CrossValidatedCluster.ranks(clusters)).map {
                CrossValidatedCluster($0, rank: $1, of: images, leaving: leaving)
            }
        }
    }

    private func study(_ name: String, effect: Double) async throws -> Study {
        let images = try images(Draws(name).maps(12, mask: mask, effect: effect))
        let test = try StudyTest(
            images: images, design: .oneSample(count: 12), options: .init(permutations: 2, clusterP: 0.01))
        let found = try await test.run(workers: Workers(threads: 2))
        return Study(
            images: images, clusters: found.clusters(.both).map(\.cluster),
            leaving: try await LeaveOneSubjectOut(test, clusterP: 0.01, workers: Workers(threads: 2)))
    }

    @Test func withoutASubjectIsAFitWithoutThatSubject() async throws {
        let study = try await study("leave", effect: 1.5)
        #expect(!study.clusters.isEmpty)
        let kept = (0..<12).filter { $0 != 5 }
        let fit = try StudyFit(
            kept.map { study.images.rows[$0] }, design: .oneSample(count: 11), contrast: .init(name: "mean", [1]))
        let cluster = study.clusters[0]
        let found = study.leaving.readings(of: cluster, rank: 0)
        #expect(found.count == 12 && found[5].subject == "s6")
        #expect(found[5].statistic == Double(fit.statistic[cluster.peak.position]))
        let needed = StudentT(degreesOfFreedom: 10).quantile(upperTail: 0.01)
        #expect(abs(found[5].needed - needed) < 1e-12)
        let sign = Float(cluster.sign)
        let passing = cluster.voxels.count { Double(sign * fit.statistic[Int($0)]) > needed }
        #expect(abs(found[5].share - Double(passing) / Double(cluster.voxels.count)) < 1e-12)
        #expect(found[5].isKept == (passing > 0))
    }

    /// A two-sample design from which a group of one is taken away cannot be fitted: said, not made up.
    @Test func aDesignThatFallsApartGivesNoNumber() async throws {
        let test = try StudyTest(
            images: images(Draws("apart").maps(6, mask: mask)),
            design: .twoSample(isFirst: [true, false, false, false, false, false]), options: .init(permutations: 6))
        let leaving = try await LeaveOneSubjectOut(test, clusterP: 0.01, workers: Workers(threads: 1))
        let peak = ClusterPeak(position: 0, coordinate: mask.world(at: 0), value: 1)
        let found = leaving.readings(of: Cluster(sign: 1, voxels: [0, 1], peaks: [peak]), rank: 0)
        #expect(found[0].share.isNaN && found[0].statistic.isNaN && !found[0].isKept && found[0].place.isEmpty)
        #expect(!found[1].share.isNaN && !found[1].place.isEmpty)
    }

    /// On noise, values read where they were selected are far from 0; read where the others alone point, they are 0 on average.
    @Test func crossValidationTakesTheCircleOut() async throws {
        var circular: [Double] = []
        var crossed: [Double] = []
        for set in 0..<40 {
            let study = try await study("noise \(set)", effect: 0)
            // Clusters of one data set are not independent: one number each.
            guard !study.clusters.isEmpty else { continue }
            let signs = study.clusters.map { Double($0.sign) }
            let count = Double(study.clusters.count)
            circular.append(zip(signs, study.read).reduce(0) { $0 + $1.0 * $1.1.circularMean } / count)
            crossed.append(zip(signs, study.read).reduce(0) { $0 + $1.0 * $1.1.crossValidatedMean } / count)
            #expect(study.read.allSatisfy { $0.without.count == 12 })
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
        let found = try await study("strong", effect: 4).read
        #expect(found[0].shareFound == 1)
        #expect(found[0].crossValidatedMean > 0.85 * found[0].circularMean)
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
