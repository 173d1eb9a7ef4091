import Cuneus
import Foundation

/// Time of random draws: imputed values and the noise of subjects, each beside its plain form. One thread, all in one run.
struct DrawSpeed {
    let space: AnalysisSpace

    func run() {
        let voxels = 0..<min(space.mask.count, 8192)
        let slab = 4096..<voxels.upperBound
        let sampler = CopulaSampler(mask: space.mask, template: space.template, noiseFWHM: Settings().noiseFWHM)
        let map = [Float](repeating: 0, count: space.mask.count)
        let study = ImputedStudy(
            id: "a", seed: 1, scale: EffectScale(n1: 20),
            bounds: EffectBounds(lower: map.map { $0 - 0.5 }, upper: map.map { $0 + 0.6 }), mean: map.map { $0 + 0.05 },
            tau2: map.map { $0 + 0.02 })
        let images = UnsafeMutablePointer<SIMD16<Float>>.allocate(capacity: voxels.count)
        defer { images.deallocate() }
        images.initialize(repeating: .zero, count: voxels.count)
        report(
            "imputed values", draws: voxels.count * 16,
            kernel: {
                var scratch = SamplerScratch()
                sampler.draw(study, voxels: voxels, batch: 0, lanes: 16, into: images, scratch: &scratch)
            }, plain: { sampler.drawPlainly(study, voxels: voxels, batch: 0, lanes: 16, into: images) })

        let noise = SubjectNoise(mask: space.mask, template: space.template)
        let order = noise.order(of: slab)
        for subjects in [10, 20, 40] {
            let values = UnsafeMutablePointer<Float>.allocate(capacity: voxels.count * subjects)
            defer { values.deallocate() }
            values.initialize(repeating: 0, count: voxels.count * subjects)
            noise.drawPlainly(
                voxels: 0..<slab.lowerBound, stream: study.noiseStream, group: 0, subjects: subjects, values: values,
                base: 0, stride: subjects)
            report(
                "noise of \(subjects) subjects", draws: slab.count * subjects,
                kernel: {
                    noise.draw(
                        order, stream: study.noiseStream, group: 0, subjects: subjects, values: values, base: 0,
                        stride: subjects)
                },
                plain: {
                    noise.drawPlainly(
                        voxels: slab, stream: study.noiseStream, group: 0, subjects: subjects, values: values, base: 0,
                        stride: subjects)
                })
        }
    }

    private func report(_ name: String, draws: Int, kernel: () -> Void, plain: () -> Void) {
        let fast = best(of: 5, kernel) / Double(draws)
        let slow = best(of: 5, plain) / Double(draws)
        print(
            "  \(name): \(fixed(fast * 1e9, 1)) ns a draw, one after another \(fixed(slow * 1e9, 1)) ns: ratio \(fixed(slow / fast, 1))"
        )
    }
}
