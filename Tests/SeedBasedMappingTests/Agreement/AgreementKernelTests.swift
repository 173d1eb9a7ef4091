import Inference
import SeedBasedMapping
import Statistics
import Testing
import VoxelKernels

/// The vector kernel against the plain form.
@Suite("Agreement test: vector kernel")
struct AgreementKernelTests {
    struct Tile {
        var lanes: [[AgreementReference.Experiment?]]
        var joins: [Bool]
        var leaveOut: Int

        func limits(_ instructions: VectorInstructions) -> (z: [Float], mean: [Float]) {
            let count = lanes[0].count
            let entries = (0..<count).map { index -> cuneus_agreement_entry in
                let scale = lanes.lazy.compactMap { $0[index] }.first?.scale ?? EffectScale(n1: 20)
                return cuneus_agreement_entry(
                    constant_variance: Float(scale.constantVariance),
                    quadratic_variance: Float(scale.quadraticVariance), count: 1, joins_next: joins[index])
            }
            var lower: [Float] = []
            var upper: [Float] = []
            for index in 0..<count {
                for lane in lanes {
                    lower.append(lane[index].map { Float($0.lower) } ?? .nan)
                    upper.append(lane[index].map { Float($0.upper) } ?? .nan)
                }
            }
            var model = cuneus_agreement_model(
                entries: Int32(count), leave_out: Int32(leaveOut), sample_correlation: 0.5)
            let scratch = UnsafeMutableRawPointer.allocate(
                byteCount: 4 * count * Int(CUNEUS_AGREEMENT_SCRATCH), alignment: 64)
            defer { scratch.deallocate() }
            var z = [Float](repeating: 0, count: 16)
            var mean = z
            cuneus_agreement_limits(
                instructions.code, &model, entries, lower, upper, scratch.assumingMemoryBound(to: Float.self), &z,
                &mean)
            return (z, mean)
        }
    }

    /// Experiments have the same n in all lanes, as in the analysis; everything else differs.
    private func tile(studies: Int, missing: Double, shared: Bool, seed: UInt64) -> Tile {
        var stream = AgreementSpace.Stream(seed)
        let scales = (0..<studies).map { index in
            index % 5 == 4
                ? EffectScale(correlationOf: 15 + stream.index(below: 40))
                : EffectScale(n1: 10 + stream.index(below: 60))
        }
        let joins = (0..<studies).map { shared && $0 % 3 == 0 && $0 + 1 < studies }
        let lanes = (0..<16).map { lane -> [AgreementReference.Experiment?] in
            let voxel = AgreementReferenceTests.voxel(
                studies: studies, silent: 0.2 + 0.04 * Double(lane), stream: &stream)
            return voxel.indices.map { index in
                if stream.uniform() < missing { return nil }
                var experiment = voxel[index]
                experiment.scale = scales[index]
                experiment.joinsNext = joins[index]
                return experiment
            }
        }
        return Tile(
            lanes: lanes, joins: joins, leaveOut: MostLikelyEffect.defaultLeaveOut(experiments: studies))
    }

    @Test(
        "z and the most likely mean are those of the plain form, whatever the instructions",
        arguments: [(6, 0.0, false), (10, 0, true), (20, 0, false), (20, 0.2, false), (50, 0, true), (90, 0, false)])
    func limits(studies: Int, missing: Double, shared: Bool) {
        var compared = 0
        for seed in 1...6 as ClosedRange<UInt64> {
            let tile = tile(studies: studies, missing: missing, shared: shared, seed: seed)
            let narrow = tile.limits(.baseline)
            for instructions in VectorInstructions.available {
                let found = tile.limits(instructions)
                #expect(found.z == narrow.z && found.mean == narrow.mean, "\(instructions)")
            }
            for (lane, experiments) in tile.lanes.enumerated() {
                let reference = AgreementReference(experiments.compactMap { $0 }, leaveOut: tile.leaveOut)
                // Where hardly anything is said the likelihood is flat, and no mean more likely than another. z∞ is asked for
                // only where the score is at least 2.5.
                guard abs(reference.score) > 1 else { continue }
                let likely = MostLikelyEffect(
                    reference.experiments.map(\.interval), leaveOut: tile.leaveOut)
                compared += 1
                #expect(abs(Double(narrow.mean[lane]) - likely.mean) < 2e-4)
                #expect(abs(Double(narrow.z[lane]) - reference.limit(mean: likely.mean, tau2: likely.tau2)) < 5e-3)
            }
        }
        #expect(compared >= 24)
    }

    @Test("Scores at mean 0 are those of the plain form; missing values add nothing")
    func scores() {
        let tile = tile(studies: 40, missing: 0.1, shared: false, seed: 11)
        for instructions in VectorInstructions.available {
            var slopes = [Float](repeating: 0, count: 16)
            var informations = slopes
            for index in 0..<40 {
                let scale = tile.lanes.lazy.compactMap { $0[index] }.first?.scale ?? EffectScale(n1: 20)
                let lower = tile.lanes.map { $0[index].map { Float($0.lower) } ?? .nan }
                let upper = tile.lanes.map { $0[index].map { Float($0.upper) } ?? .nan }
                cuneus_agreement_scores(
                    instructions.code, lower, upper, Float(scale.constantVariance), Float(scale.quadraticVariance), 1,
                    16, &slopes, &informations)
            }
            for lane in 0..<16 {
                let reference = AgreementReference(tile.lanes[lane].compactMap { $0 }, leaveOut: 0)
                let score = Double(slopes[lane] / informations[lane].squareRoot())
                #expect(abs(score - reference.score) < 1e-3)
            }
        }
    }

    @Test("An entry that stands for three experiments is three entries")
    func counts() {
        var stream = AgreementSpace.Stream(5)
        let scale = EffectScale(n1: 20)
        let silent = AgreementReference.Experiment(lower: -0.8, upper: 0.8, scale: scale)
        let lanes = (0..<16).map { _ -> [AgreementReference.Experiment?] in
            let g = 0.8 + stream.uniform()
            let known = AgreementReference.Experiment(lower: g, upper: g, scale: scale)
            return [known, known, silent, silent, silent]
        }
        let apart = Tile(lanes: lanes, joins: Array(repeating: false, count: 5), leaveOut: 2).limits(.best)
        let entries = [1, 1, 3].map {
            cuneus_agreement_entry(
                constant_variance: Float(scale.constantVariance), quadratic_variance: Float(scale.quadraticVariance),
                count: Float($0), joins_next: false)
        }
        let lower = (0..<3).flatMap { index in lanes.map { Float($0[index]?.lower ?? .nan) } }
        let upper = (0..<3).flatMap { index in lanes.map { Float($0[index]?.upper ?? .nan) } }
        var model = cuneus_agreement_model(entries: 3, leave_out: 2, sample_correlation: 0.5)
        let scratch = UnsafeMutableRawPointer.allocate(byteCount: 12 * Int(CUNEUS_AGREEMENT_SCRATCH), alignment: 64)
        defer { scratch.deallocate() }
        var z = [Float](repeating: 0, count: 16)
        var mean = z
        cuneus_agreement_limits(
            VectorInstructions.best.code, &model, entries, lower, upper, scratch.assumingMemoryBound(to: Float.self),
            &z,
            &mean)
        for lane in 0..<16 {
            #expect(abs(z[lane] - apart.z[lane]) < 1e-4)
            #expect(abs(mean[lane] - apart.mean[lane]) < 1e-5)
        }
    }
}
