import SeedBasedMapping
import Simulation
import Statistics
import Testing

/// Expected values by hand.
@Suite("Scores against a truth")
struct TruthSumsTests {
    /// Two voxels without effect, one found wrongly; two with, one of them found.
    static let estimate = EffectEstimate(
        g: [0.1, 0.4, 0.5, 0.7], z: [1, 3.2, 2, 4], lower: [-0.1, 0.15, 0, 0.35], upper: [0.3, 0.65, 1, 1.05])
    static let truth = [0, 0, 0.25, 1.0]

    static func sums(_ voxels: Range<Int>, truthError: Double = 0) -> TruthSums {
        var sums = TruthSums()
        for voxel in voxels {
            sums.add(estimate, at: voxel, truth: truth[voxel], truthError: truthError, core: 0.5)
        }
        return sums
    }

    @Test("Coverage, false positives, biases and slope are those of the voxels")
    func measures() {
        let sums = Self.sums(0..<4)
        #expect(sums.mask.share == 0.75)
        #expect(sums.blob.share == 1)
        #expect(sums.core.all == 1)
        #expect(sums.found.share == 0.5)
        #expect(sums.wrongShare == 0.5)
        #expect(abs(sums.nullBias - 0.25) < 1e-6)
        #expect(abs(sums.coreBias + 0.3) < 1e-6)
        #expect(abs(sums.foundBias - 0.05) < 1e-6)
        // Squared errors .01, .16, .0625, .09.
        #expect(abs(sums.rmse - (0.3225 / 4).squareRoot()) < 1e-6)
        // Σ(g − .425)(truth − .3125) = .29375, Σ(g − .425)² = .1875.
        #expect(abs(sums.slope - 0.29375 / 0.1875) < 1e-5)
    }

    @Test("The truth's own error widens the interval in squares")
    func truthError() {
        // The second voxel's half-width is .25, its error .4: √(.25² + .3123²) is just beyond.
        #expect(Self.sums(1..<2, truthError: 0.312).mask.share == 0)
        #expect(Self.sums(1..<2, truthError: 0.3124).mask.share == 1)
    }

    @Test("Sums of parts add up and come off again")
    func parts() {
        let (all, first) = (Self.sums(0..<4), Self.sums(0..<2))
        let second = all - first
        #expect(abs(second.rmse - Self.sums(2..<4).rmse) < 1e-9)
        #expect(abs((first + second).slope - all.slope) < 1e-9)
        let found = TruthSums.estimate([first, second]) { $0.mask.share }
        // Without each: 1 and .5.
        #expect(found.value == 0.75)
        #expect(abs(found.standardError - 0.25) < 1e-12)
    }
}

/// Normal distributions cut by hand: of a standard one above 0 the mean is √(2/π).
@Suite("Bounds beside the effects that are there")
struct BoundsHeldTests {
    @Test("Kinds of voxels, shares held, and what bounds imply")
    func kinds() {
        let scale = EffectScale(n1: 20)
        // A peak, one voxel near it, one near a decrease, one silent.
        let report = EffectReport(
            thresholdG: 0.8, voxels: [0, 1, 2], centre: [1, 50, -50], halfWidth: [0, 50, 50], scale: scale)
        var held = BoundsHeld()
        let own = [0.9, 0.3, -0.2, 0.9]
        for voxel in 0..<4 {
            held.add(report, at: voxel, own: own[voxel], mean: 0, tau: 0, scale: scale)
        }
        let implied = (2 * scale.variance(ofG: 0) / Double.pi).squareRoot()
        #expect(held.kinds.map(\.count) == [1, 0, 2, 1])
        #expect(held.kinds[0].held == 0)
        #expect(held.kinds[2].held == 1)
        #expect(abs(held.kinds[2].own - 0.25) < 1e-6)
        #expect(abs(held.kinds[2].implied - implied) < 1e-6)
        #expect(held.kinds[3].held == 0)
        #expect(abs(held.kinds[3].implied) < 1e-6)
    }
}
