import Foundation
import Inference
import SeedBasedMapping
import Statistics
import Testing
import VoxelKernels

/// The kernel of the likelihood's scores against finite differences of the plain likelihood.
@Suite("Interval kernel")
struct IntervalKernelTests {
    private struct Sums: Equatable {
        var slopes: [Double]
        var informations: [Double]
        var gradient: [Double]
        var normal: [Double]
        var nearest: Double
    }

    /// Twenty-one experiments, so that lanes are left over; one of them out.
    private static let effects: [IntervalEffect] = (0..<21).map { index in
        let scale = EffectScale(n1: 10 + 2 * index)
        let b = scale.g(fromT: 3.2)
        switch index % 4 {
        case 0: return IntervalEffect(lower: -b, upper: b, scale: scale)
        case 1: return IntervalEffect(lower: 0.1 * b, upper: 1.3 * b, scale: scale)
        case 2: return IntervalEffect(lower: -1.8 * b, upper: -0.2 * b, scale: scale)
        default: return IntervalEffect(lower: 0.4, upper: 0.4, scale: scale)
        }
    }
    private static let columns = 3
    private static let design: [Double] = (0..<21).flatMap { [1, Double($0 % 5) - 2, cos(Double($0))] }

    private static func sums(_ instructions: VectorInstructions, _ beta: [Double]) -> Sums {
        let padded = 24
        func pad(_ value: (Int) -> Double, _ rest: Double) -> [Double] {
            (0..<padded).map { $0 < effects.count ? value($0) : rest }
        }
        let arrays =
            pad({ effects[$0].lower }, -1) + pad({ effects[$0].upper }, 1)
            + pad({ 1 / effects[$0].lowerVariance.squareRoot() }, 1)
            + pad({ 1 / effects[$0].upperVariance.squareRoot() }, 1) + pad({ effects[$0].isKnown ? 1 : 0 }, 0)
            + pad({ $0 == 6 ? 0 : 1 }, 0)
            + (0..<columns).flatMap { column in pad({ design[$0 * columns + column] }, 0) }
        var result = Sums(
            slopes: Array(repeating: 0, count: padded), informations: Array(repeating: 0, count: padded),
            gradient: Array(repeating: 0, count: columns),
            normal: Array(repeating: 0, count: columns * (columns + 1) / 2), nearest: 0)
        arrays.withUnsafeBufferPointer { arrays in
            let first = arrays.baseAddress!
            var intervals = cuneus_intervals(
                blocks: 3, columns: Int32(columns), lower: first, upper: first + padded, lower_rate: first + 2 * padded,
                upper_rate: first + 3 * padded, known: first + 4 * padded, inside: first + 5 * padded,
                rows: first + 6 * padded, least_information: 0)
            result.nearest = cuneus_interval_scores(
                instructions.code, &intervals, beta, &result.slopes, &result.informations, &result.gradient,
                &result.normal)
        }
        return result
    }

    /// Central differences with step 1e-5: error h² times the third derivative (up to 1e3/6), and rounding 1e-15/h.
    @Test(
        "Scores are the derivatives of the likelihood, near zero and far outside",
        arguments: [[0, 0, 0], [0.3, -0.2, 0.1], [1.5, 0.4, -0.3], [-3, 0, 0.5]])
    func derivatives(beta: [Double]) {
        let found = Self.sums(.best, beta)
        var gradient = [Double](repeating: 0, count: Self.columns)
        for (index, effect) in Self.effects.enumerated() {
            let x = Array(Self.design[index * Self.columns..<(index + 1) * Self.columns])
            let mean = zip(x, beta).reduce(0) { $0 + $1.0 * $1.1 }
            func f(_ h: Double) -> Double { -effect.negativeLogLikelihood(mean: mean + h, tau2: 0) }
            guard index != 6 else {
                #expect(found.slopes[index] == 0)
                #expect(found.informations[index] == 0)
                continue
            }
            let slope = (f(1e-5) - f(-1e-5)) / 2e-5
            let information = -(f(1e-3) - 2 * f(0) + f(-1e-3)) / 1e-6
            #expect(abs(found.slopes[index] - slope) < 1e-6 * max(1, abs(slope)))
            #expect(abs(found.informations[index] - information) < 2e-3 * max(1, abs(information)))
            for column in 0..<Self.columns { gradient[column] += x[column] * found.slopes[index] }
        }
        for (a, b) in zip(found.gradient, gradient) { #expect(abs(a - b) < 1e-9 * max(1, abs(b))) }
    }

    @Test("The same bits with every set of instructions", arguments: [[0, 0, 0], [0.3, -0.2, 0.1], [-3, 0.1, 0.5]])
    func instructions(beta: [Double]) {
        let plain = Self.sums(.baseline, beta)
        for instructions in VectorInstructions.available { #expect(Self.sums(instructions, beta) == plain) }
    }
}
