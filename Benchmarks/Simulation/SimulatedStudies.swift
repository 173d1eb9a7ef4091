import Foundation
public import Imaging
import Inference
public import SeedBasedMapping
public import Statistics

/// Studies with a known truth: subjects' images, t maps, effect maps.
///
/// Image of subject i of study s = truth + τ · (field of s) + (field of i), all fields smooth, Gaussian and of unit
/// variance: the truth is Cohen's d. Every draw is a function of (seed, replicate, study, subject, voxel), so any
/// image can be made alone and in any order.
public struct SimulatedStudies: Sendable {
    public let design: SimulationDesign
    public let mask: Mask
    /// True mean effect per mask voxel.
    public let truth: [Float]
    /// The mask voxel at the blob's centre.
    public let centre: Int
    /// Of every study, where they share a size.
    public let scale: EffectScale
    /// The positive t a voxel has to exceed to be reported, where they share a size.
    public let tThreshold: Double
    let finder: ClusterFinder
    private let noise: SmoothNoise
    private let random: Philox

    /// - Precondition: the mask is not empty, at least 3 subjects.
    public init(_ design: SimulationDesign, mask: Mask) {
        precondition(mask.count > 0 && design.subjects >= 3, "a simulation needs voxels and at least 3 subjects")
        func distance(_ voxel: Int, _ point: SIMD3<Double>) -> Double {
            let step = mask.world(at: voxel) - point
            return (step * step).sum().squareRoot()
        }
        func nearest(_ point: SIMD3<Double>) -> Int {
            (0..<mask.count).min { distance($0, point) < distance($1, point) } ?? 0
        }
        let centre = nearest(design.centre)
        let middles = ([centre] + design.otherCentres.map(nearest)).map { mask.world(at: $0) }
        self.design = design
        self.mask = mask
        self.centre = centre
        truth = (0..<mask.count).map { voxel in
            middles.reduce(0) { sum, middle in
                let r = distance(voxel, middle) / design.blobFWHM
                return r <= 1.25 ? sum + Float(design.effect * exp2(-4 * r * r)) : sum
            }
        }
        scale = EffectScale(n1: design.subjects)
        tThreshold = StudentT(degreesOfFreedom: design.subjects - 1).quantile(upperTail: design.thresholdP)
        finder = ClusterFinder(mask: mask, connectivity: .edges)
        noise = SmoothNoise(mask, fwhm: design.noiseFWHM)
        random = Philox(key: design.seed)
    }

    /// The positive t a voxel of this study has to exceed to be reported.
    func tThreshold(study: Int) -> Double {
        guard design.isUnequal || !design.sizes.isEmpty else { return tThreshold }
        return StudentT(degreesOfFreedom: design.subjects(study: study) - 1).quantile(upperTail: design.thresholdP)
    }

    /// Adds the effects that only this study has.
    private func addOwnEffects(replicate: Int, study: Int, to effect: inout [Float]) {
        for number in 0..<design.ownEffects {
            let words = random([UInt32(number), UInt32.max - 1, UInt32(study), UInt32(replicate)])
            let place = min(Int(Philox.uniform(words.x) * Double(mask.count)), mask.count - 1)
            let height = words.y & 1 == 0 ? design.ownEffect : -design.ownEffect
            let middle = mask.world(at: place)
            for voxel in 0..<mask.count {
                let step = mask.world(at: voxel) - middle
                let r = (step * step).sum().squareRoot() / design.blobFWHM
                if r <= 1.25 { effect[voxel] += Float(height * exp2(-4 * r * r)) }
            }
        }
    }

    /// The study's own effect: truth · (1 + slope · x) + τ · field, one value per mask voxel.
    public func effect(replicate: Int, study: Int) -> [Float] {
        let factor = Float(1 + design.slope * design.covariate(study: study))
        var result = design.slope == 0 ? truth : truth.map { factor * $0 }
        addOwnEffects(replicate: replicate, study: study, to: &result)
        guard design.tau > 0 else { return result }
        var scratch = SmoothNoise.Scratch()
        // Subjects count from 0; the study's own field takes the last number.
        noise.field(random, label: label(replicate, study, .max), scratch: &scratch) {
            result[$0] += Float(design.tau) * $1
        }
        return result
    }

    /// Images of all subjects of a study.
    public func subjectImages(replicate: Int, study: Int) -> [[Float]] {
        let effect = effect(replicate: replicate, study: study)
        var scratch = SmoothNoise.Scratch()
        return (0..<design.subjects(study: study)).map { subject in
            var image = effect
            noise.field(random, label: label(replicate, study, UInt32(subject)), scratch: &scratch) { image[$0] += $1 }
            return image
        }
    }

    /// The one-sample t map of ``subjectImages(replicate:study:)``, made without keeping the images.
    public func tMap(replicate: Int, study: Int) -> [Float] {
        var sum = [Float](repeating: 0, count: mask.count)
        var squares = sum
        var scratch = SmoothNoise.Scratch()
        // Sums of the noise alone: it is centred, so single precision serves.
        for subject in 0..<design.subjects(study: study) {
            noise.field(random, label: label(replicate, study, UInt32(subject)), scratch: &scratch) {
                sum[$0] += $1
                squares[$0] += $1 * $1
            }
        }
        let n = Float(design.subjects(study: study))
        var result = effect(replicate: replicate, study: study)
        for voxel in result.indices {
            let mean = sum[voxel] / n
            let variance = (squares[voxel] - n * mean * mean) / (n - 1)
            result[voxel] = (result[voxel] + mean) / (variance / n).squareRoot()
        }
        return result
    }

    /// A t map as the known effect of an experiment: equal bounds.
    public func knownEffect(tMap: [Float]) -> EffectBounds {
        let g = tMap.map { Float(scale.g(fromT: Double($0))) }
        return EffectBounds(lower: g, upper: g)
    }

    private func label(_ replicate: Int, _ study: Int, _ subject: UInt32) -> SIMD3<UInt32> {
        [subject, UInt32(study), UInt32(replicate)]
    }
}
