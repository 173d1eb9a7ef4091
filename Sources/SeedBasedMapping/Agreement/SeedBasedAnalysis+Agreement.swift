import Evidence
import Imaging
public import Inference
import Statistics

extension SeedBasedAnalysis {
    /// The agreement test of a model of the mean, kernels made: ready for ``AgreementTest/maxima(_:)``.
    ///
    /// - Parameters:
    ///   - model: of ``prepare(_:experiments:design:)`` with the same settings, without a design.
    ///   - places: where relocated peaks go; those of an experiment within what it looked at.
    ///   - kernels: kept for other models.
    /// - Throws: `CancellationError`.
    public func agreementTest(
        _ model: PreparedModel, places: any RelocationPlaces = UniformPlaces(),
        startPoints: Int = AgreementTest.defaultStartPoints, instructions: VectorInstructions = .best,
        kernels: KernelStore? = nil
    ) async throws -> AgreementTest {
        try await agreementTest(
            model.agreementStudies, rows: model.rows, places: places, startPoints: startPoints,
            instructions: instructions, kernels: kernels)
    }

    /// The same of studies that come from elsewhere.
    ///
    /// - Parameters:
    ///   - studies: experiments of one sample that are combined stand together.
    ///   - rows: which of them are combined; each by itself where nil.
    package func agreementTest(
        _ studies: [AgreementStudy], rows: SampleRows? = nil, places: any RelocationPlaces = UniformPlaces(),
        startPoints: Int = AgreementTest.defaultStartPoints, instructions: VectorInstructions = .best,
        kernels: KernelStore? = nil
    ) async throws -> AgreementTest {
        return try await AgreementTest(
            studies, rows: rows, space: space, fwhm: settings.kernelFWHM, anisotropy: settings.kernelAnisotropy,
            options: agreementOptions(experiments: studies.count), places: places,
            startPoints: startPoints, statistics: context.maximumStatistics(), seed: settings.seed,
            instructions: instructions,
            workers: workers, progress: progress, store: kernels)
    }

    /// The test of a model from a prepared file: peaks go anywhere.
    func agreementTest(
        _ model: PreparedModel, from numbers: MappedSections, instructions: VectorInstructions
    ) throws(InputError) -> AgreementTest {
        let studies = model.agreementStudies
        return try AgreementTest(
            studies, rows: model.rows, space: space, options: agreementOptions(experiments: studies.count),
            statistics: context.maximumStatistics(), seed: settings.seed, instructions: instructions, workers: workers,
            progress: progress, from: numbers)
    }

    private func agreementOptions(experiments: Int) -> AgreementStatistic.Options {
        AgreementStatistic.Options(
            leaveOut: LikelyEffectStep(context: context).leaveOut(experiments: experiments),
            sampleCorrelation: settings.sampleCorrelation)
    }
}

extension PreparedModel {
    /// Its experiments as the agreement test takes them; those given as maps with their effects.
    var agreementStudies: [AgreementStudy] {
        experiments.indices.map { index in
            let isMap = experiments[index].experiment.hasMap
            return AgreementStudy(
                experiments[index], map: isMap ? studies[index].bounds.lower : nil, coverage: searched[index])
        }
    }
}
