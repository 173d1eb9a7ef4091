import Foundation
import Statistics
import Synthesis
import Testing

@Suite("Step-function selection models agree with metafor's selmodel")
struct SelectionModelTests {
    private func fit(_ c: BiasReference.Selection, _ reference: BiasReference) throws -> SelectionModel {
        let data = try reference.dataSet(c.data)
        let side = try #require(SelectionSteps.Side(rawValue: c.alternative))
        return try SelectionModel(
            effects: data.y, variances: data.v, steps: SelectionSteps(cuts: c.steps.values, side: side),
            weights: c.weights.values.isEmpty ? nil : c.weights.values)
    }

    /// metafor's optimiser stops at about 1e-5 of its parameters where the likelihood is flat; ours must not be less likely than
    /// it by more than rounding, and the numbers agree to 1e-4 of their errors or of themselves.
    @Test("Estimates, errors, likelihood and the test of selection")
    func estimates() throws {
        let reference = try BiasReference.load()
        #expect(reference.selections.count >= 20)
        for c in reference.selections {
            let found = try fit(c, reference)
            #expect(found.logLikelihood > c.ll - 1e-8, "\(c.data) \(c.alternative) \(c.steps.values)")
            let error = c.se ?? found.mean.standardError
            #expect(abs(found.mean.value - c.beta) < 1e-4 * max(error, abs(c.beta)), "\(c) \(found.mean)")
            if let se = c.se { #expect(isClose(found.mean.standardError, se, 1e-3), "\(c) \(found.mean)") }
            if let seTau2 = c.seTau2, seTau2 > 0 {
                #expect(abs(found.tau2.value - c.tau2) < 1e-4 * max(seTau2, c.tau2), "\(c) \(found.tau2)")
            }
            for (j, (weight, expected)) in zip(found.weights, c.delta).enumerated() where j > 0 {
                let error = c.seDelta[j] ?? expected
                #expect(abs(weight.value - expected) < 2e-4 * max(error, expected), "\(c) \(weight)")
                if c.weights.values.isEmpty, let se = c.seDelta[j] {
                    #expect(isClose(weight.standardError, se, 1e-3, scale: 0.1), "\(c) \(weight)")
                }
            }
            #expect(abs(found.logLikelihood - c.ll) < 1e-6, "\(c) \(found.logLikelihood)")
            if c.lrt.count == 2, let test = found.selectionTest {
                #expect(isClose(test.statistic, c.lrt[0], 1e-5, scale: 1), "\(c)")
                #expect(isClose(test.pValue, c.lrt[1], 1e-4), "\(c)")
            }
            #expect((found.selectionTest == nil) == !c.weights.values.isEmpty)
        }
        #expect(Set(reference.selections.map(\.alternative)) == ["greater", "less", "two.sided"])
        #expect(reference.selections.contains { !$0.weights.values.isEmpty })
    }

    @Test("Profile intervals of τ² and of the first weight")
    func profiles() throws {
        let reference = try BiasReference.load()
        var compared = 0
        for c in reference.selections where c.weights.values.isEmpty && c.steps.values.count == 1 {
            let found = try fit(c, reference)
            for (parameter, expected) in [
                (SelectionModel.Parameter.tau2, c.tau2Interval), (.weight(1), c.deltaInterval),
            ] {
                guard expected.count == 2, let interval = found.profileInterval(of: parameter) else { continue }
                for (end, reference) in zip([interval.lower, interval.upper], expected) {
                    guard let reference, end.isFinite, reference > 1e-4 else { continue }
                    #expect(isClose(end, reference, 1e-3), "\(c.data) \(c.alternative) \(parameter) \(interval)")
                    compared += 1
                }
            }
        }
        #expect(compared >= 4)
    }

    @Test("The profile interval of the mean ends where refitting with that mean is 1.92 less likely")
    func meanProfile() throws {
        let reference = try BiasReference.load()
        let data = try reference.dataSet("hackshaw1998")
        let model = try SelectionModel(effects: data.y, variances: data.v, steps: .threeParameter())
        let interval = try #require(model.profileInterval(of: .coefficient(0)))
        #expect(interval.contains(model.mean.value))
        // Shift the effects so that the end is zero, and fit without an intercept by brute force over τ² and the weight.
        for end in [interval.lower, interval.upper] {
            let best = bruteForce(data.y, data.v, mean: end)
            #expect(abs(model.logLikelihood - best - 0.5 * 3.841458820694124) < 1e-3)
        }
    }

    /// The largest log-likelihood for a mean, on a grid refined about its best point: independent of the program's derivatives.
    private func bruteForce(_ y: [Double], _ v: [Double], mean: Double) -> Double {
        func logLikelihood(_ tau2: Double, _ weight: Double) -> Double {
            var sum = 0.0
            for (y, v) in zip(y, v) {
                let s = (v + tau2).squareRoot()
                let edge = (1.959963984540054 * v.squareRoot() - mean) / s
                let above = Normal.upperTail(edge)
                let isSignificant = Normal.upperTail(y / v.squareRoot()) <= 0.025
                sum += log(isSignificant ? 1 : weight) + log(Normal.density((y - mean) / s) / s)
                sum -= log(above + weight * (1 - above))
            }
            return sum
        }
        var (tau, logWeight, best) = (0.1, -0.5, -Double.infinity)
        var (widthTau, widthWeight) = (0.5, 4.0)
        for _ in 0..<14 {
            let (centerTau, centerWeight) = (tau, logWeight)
            for i in -10...10 {
                for j in -10...10 {
                    let t = max(0, centerTau + widthTau * Double(i) / 10)
                    let w = centerWeight + widthWeight * Double(j) / 10
                    let value = logLikelihood(t * t, exp(w))
                    if value > best { (tau, logWeight, best) = (t, w, value) }
                }
            }
            widthTau *= 0.5
            widthWeight *= 0.5
        }
        return best
    }

    @Test("Effects in another unit, or with their sign turned, give the same answer in that unit")
    func units() throws {
        let reference = try BiasReference.load()
        let data = try reference.dataSet("bangertdrowns2004")
        let plain = try SelectionModel(effects: data.y, variances: data.v)
        for factor in [1e-5, 1e4] {
            let scaled = try SelectionModel(
                effects: data.y.map { $0 * factor }, variances: data.v.map { $0 * factor * factor })
            #expect(isClose(scaled.mean.value, plain.mean.value * factor, 1e-6, scale: 0))
            #expect(isClose(scaled.weights[1].value, plain.weights[1].value, 1e-6))
        }
        let mirrored = try SelectionModel(
            effects: data.y.map { -$0 }, variances: data.v, steps: .threeParameter(side: .less))
        #expect(isClose(mirrored.mean.value, -plain.mean.value, 1e-9))
        let (a, b) = (plain.profileInterval(of: .coefficient(0)), mirrored.profileInterval(of: .coefficient(0)))
        #expect(isClose(try #require(a).lower, -(try #require(b)).upper, 1e-6))
    }

    @Test("With weights of 1 it is the maximum-likelihood model")
    func noSelection() throws {
        let reference = try BiasReference.load()
        let data = try reference.dataSet("bcg")
        let found = try SelectionModel(
            effects: data.y, variances: data.v, steps: .threeParameter(side: .less), weights: [1, 1])
        #expect(isClose(found.mean.value, found.unselected.coefficients[0], 1e-7))
        #expect(isClose(found.tau2.value, found.unselected.tau2, 1e-6))
        #expect(abs(found.logLikelihood - found.logLikelihoodWithoutSelection) < 1e-10)
    }

    @Test("An interval of p without studies, and cuts outside (0, 1), are refused")
    func refused() throws {
        #expect(throws: SelectionModelError.emptyInterval(above: 0.025, upTo: 1)) {
            try SelectionModel(effects: [0.9, 0.8, 1, 1.1], variances: [0.04, 0.05, 0.03, 0.04])
        }
        #expect(throws: SelectionModelError.badCuts([0.05, 1.2])) { try SelectionSteps(cuts: [0.05, 1.2]) }
        #expect(throws: SelectionModelError.badWeights([0.5, 1])) {
            try SelectionModel(effects: [0.9, 0.1, 1], variances: [0.04, 0.05, 0.03], weights: [0.5, 1])
        }
    }
}
