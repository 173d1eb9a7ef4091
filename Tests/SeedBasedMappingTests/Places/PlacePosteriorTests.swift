import Appraisal
import Evidence
import Foundation
import Imaging
import Inference
import SeedBasedMapping
import Statistics
import Testing

@Suite("The posterior at places: what a card says is what the maps hold")
struct PlacePosteriorTests {
    private typealias Base = SeedBasedAnalysisTests

    private static func analysis(_ settings: [String] = []) throws -> SeedBasedAnalysis {
        let settings = try Settings().applying(
            (["relocations=0", "imputations=16", "samples=separate"] + settings).map {
                try SettingAssignment(commandLine: $0)
            })
        return SeedBasedAnalysis(space: Base.space, settings: settings, workers: Workers(threads: 2))
    }

    @Test("g, interval, tau2 and I2 of an assessment are the maps' at the voxel, to their precision")
    func agreesWithMaps() async throws {
        let analysis = try Self.analysis()
        let result = try await analysis.run(.mean, experiments: Base.experiments)
        let found = try #require(result.posterior?.maps)
        let mask = Base.space.mask
        let voxels = [try PlacesTests.voxel([0, 0, 0]), try PlacesTests.voxel([-14, -14, 2]), mask.count - 1]
        let places = try await analysis.effects(
            of: .mean, experiments: Base.experiments, at: voxels.map { Place(voxel: $0, in: mask) })
        for (voxel, place) in zip(voxels, places) {
            let assessment = try PlaceAssessment(place, settings: analysis.settings)
            // A scan of few voxels chooses the same nodes as one of all; bits agree where tables do.
            #expect(abs(assessment.estimate.value - Double(found.g[voxel])) < 1e-6)
            #expect(abs(assessment.estimate.standardError - Double(found.se[voxel])) < 1e-6)
            #expect(abs(assessment.interval.lower - Double(found.lower[voxel])) < 1e-5)
            #expect(abs(assessment.interval.upper - Double(found.upper[voxel])) < 1e-5)
            #expect(abs(assessment.tau2 - Double(found.tau2[voxel])) < 1e-6)
            #expect(abs(100 * assessment.i2 - Double(result.maps.i2[voxel])) < 1e-3)
            // No effects of studies are pooled, so that there is no Q to print.
            #expect(assessment.heterogeneity == nil)
        }
    }

    @Test("A tighter prior draws the mean towards zero, a wider one lets it go; each is the analysis with that setting")
    func priors() async throws {
        let mask = Base.space.mask
        let voxel = try PlacesTests.voxel([0, 0, 0])
        let place = try await Self.analysis().effects(
            of: .mean, experiments: Base.experiments, at: [Place(voxel: voxel, in: mask)])[0]
        let posterior = try #require(place.posterior)
        #expect(posterior.effect.priorDeviation == 0.5)
        #expect(posterior.otherPriors.map(\.priorDeviation) == [0.3, 0.8])
        #expect(abs(posterior.otherPriors[0].mean) < abs(posterior.effect.mean))
        #expect(abs(posterior.effect.mean) < abs(posterior.otherPriors[1].mean))
        try await Self.expect(posterior.otherPriors[0], at: voxel)
        try await Self.expect(posterior.otherPriors[1], at: voxel)
    }

    private static func expect(_ other: PlacePosterior.Effect, at voxel: Int) async throws {
        let analysis = try analysis(["prior_mean_sd=\(other.priorDeviation)"])
        let result = try await analysis.run(.mean, experiments: Base.experiments)
        let maps = try #require(result.posterior?.maps)
        #expect(abs(other.mean - Double(maps.g[voxel])) < 1e-6)
        #expect(abs(other.interval.lower - Double(maps.lower[voxel])) < 1e-5)
    }

    @Test("A region of several voxels has no posterior of its own, and a model by imputation none at all")
    func absent() async throws {
        let mask = Base.space.mask
        let sphere = try Place.sphere(at: [2, 0, 0], radius: 6, in: mask)
        let region = try await Self.analysis().effects(of: .mean, experiments: Base.experiments, at: [sphere])[0]
        #expect(region.posterior == nil)
        let imputed = try await PlacesTests.analysis(["imputations=5"]).effects(
            of: .mean, experiments: Base.experiments, at: [Place(voxel: 0, in: mask)])[0]
        #expect(imputed.posterior == nil)
    }
}
