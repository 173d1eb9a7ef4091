import Foundation
import Imaging
import Statistics

extension ImageStack {
    /// Adds a study by its effects on the scale of its design: Hedges' g of a change, Fisher's z of a correlation. Variances,
    /// t and z are made from them.
    public mutating func append(_ study: Study, effects: [Float]) throws(ImageError) {
        guard let scale = study.design else { throw .noSampleSize(study: study.id) }
        let variances = effects.map { $0.isNaN ? $0 : Float(scale.variance(ofG: Double($0))) }
        try append(
            study,
            values: [
                .effect: effects, .variance: variances,
                .t: effects.map { $0.isNaN ? $0 : Float(scale.t(fromG: Double($0))) },
            ])
        try add(.z, at: studies.count - 1)
    }

    /// A stack in which every study has an image of each of these quantities, made from what it has where it lacks one.
    ///
    /// - t from z and n, or from effect and variance as effect/√variance;
    /// - z from t and n, or from effect and variance (with n by t, without by the normal distribution);
    /// - effect and variance, both missing, from t or z and n: Hedges' g (Fisher's z of a correlation) and its variance;
    /// - variance alone missing, from effect and t: (effect/t)².
    ///
    /// - Throws: ``ImageError/missing(study:quantity:)`` or ``ImageError/noSampleSize(study:)``.
    public func adding(_ quantities: Set<ImageQuantity>) throws(ImageError) -> ImageStack {
        var result = self
        for quantity in ImageQuantity.allCases where quantities.contains(quantity) {
            for study in studies.indices where result.plane(quantity, study) == nil {
                try result.add(quantity, at: study)
            }
        }
        return result
    }

    /// The same studies with their z images in place of effects, and nothing else: what least squares of z images takes.
    ///
    /// - Throws: ``ImageError/missing(study:quantity:)`` where a study has no z image.
    public func takingZForEffects() throws(ImageError) -> ImageStack {
        var result = try ImageStack(mask: mask)
        for index in studies.indices {
            guard let z = values(.z, of: index) else { throw .missing(study: studies[index].id, quantity: .z) }
            try result.append(studies[index], values: [.effect: z])
        }
        return result
    }

    private mutating func add(_ quantity: ImageQuantity, at index: Int) throws(ImageError) {
        let study = studies[index]
        let effect = plane(.effect, index)
        let variance = plane(.variance, index)
        let t = plane(.t, index)
        let z = plane(.z, index)
        func make(_ a: ImagePlane, _ b: ImagePlane? = nil, _ convert: (Double, Double) -> Double) -> ImagePlane {
            ImagePlane(count: mask.count) { target in
                for voxel in 0..<mask.count {
                    let value = convert(Double(a.values[voxel]), Double(b?.values[voxel] ?? 0))
                    target[voxel] = value.isFinite ? Float(value) : .nan
                }
            }
        }
        switch quantity {
        case .t:
            if let effect, let variance {
                set(.t, index, make(effect, variance) { $0 / $1.squareRoot() })
            } else if let z {
                guard let scale = study.design else { throw .noSampleSize(study: study.id) }
                let convert = ImageConversion(from: .z, to: .t, scale: scale)
                set(.t, index, make(z) { value, _ in convert(value) })
            } else {
                throw .missing(study: study.id, quantity: .t)
            }
        case .z:
            if t == nil, effect == nil || variance == nil { throw .missing(study: study.id, quantity: .z) }
            if t == nil { try add(.t, at: index) }
            guard let t = plane(.t, index) else { throw .missing(study: study.id, quantity: .z) }
            let table = TailTable(degreesOfFreedom: study.design?.degreesOfFreedom ?? .infinity)
            if study.design == nil, effect == nil { throw .noSampleSize(study: study.id) }
            set(.z, index, make(t) { value, _ in table(value).z })
        case .effect:
            if t == nil, z == nil { throw .missing(study: study.id, quantity: .effect) }
            guard let scale = study.design else { throw .noSampleSize(study: study.id) }
            if t == nil { try add(.t, at: index) }
            guard let t = plane(.t, index) else { throw .missing(study: study.id, quantity: .effect) }
            set(.effect, index, make(t) { value, _ in scale.g(fromT: value) })
            // A variance that was given belongs to another effect.
            guard let made = plane(.effect, index) else { return }
            set(.variance, index, make(made) { value, _ in value.isNaN ? .nan : scale.variance(ofG: value) })
        case .variance:
            guard let effect else { throw .missing(study: study.id, quantity: .variance) }
            if let t {
                set(.variance, index, make(effect, t) { ($0 / $1) * ($0 / $1) })
            } else {
                throw .missing(study: study.id, quantity: .variance)
            }
        }
    }
}
