import Evidence

extension PreparedModel {
    /// What was computed of its experiments, under the names of a prepared file: bounds, where they looked, the most likely effect.
    func write(to numbers: inout NumberSections) {
        numbers.add("model.leaveOut", [Int64(leaveOut)])
        for (index, study) in studies.enumerated() {
            numbers.add("model.lower.\(index)", study.bounds.lower)
            // A map is its own lower and upper bound.
            if !experiments[index].experiment.hasMap { numbers.add("model.upper.\(index)", study.bounds.upper) }
            if let searched = searched[index] {
                numbers.add("model.searched.\(index)", searched.map { UInt8($0 ? 1 : 0) })
            }
            // Without covariates all have one mean.
            if index == 0 || design != nil { numbers.add("model.mean.\(index)", study.mean) }
        }
        numbers.add("model.tau2", studies.first?.tau2 ?? [])
    }

    /// As ``write(to:)`` left it.
    ///
    /// - Parameter input: what was read of the project now.
    init(
        _ plan: ModelPlan, _ input: SeedBasedAnalysis.ModelInput, seed: UInt64, from numbers: MappedSections
    ) throws(InputError) {
        let tau2: [Float] = try numbers.array("model.tau2")
        let leaveOut: [Int64] = try numbers.array("model.leaveOut", count: 1)
        var mean: [Float] = []
        var studies: [ImputedStudy] = []
        var searched: [[Bool]?] = []
        for (index, prepared) in input.experiments.enumerated() {
            let experiment = prepared.experiment
            let lower: [Float] = try numbers.array("model.lower.\(index)")
            var upper = lower
            if !experiment.hasMap { upper = try numbers.array("model.upper.\(index)", count: lower.count) }
            if numbers.has("model.mean.\(index)") { mean = try numbers.array("model.mean.\(index)") }
            var looked: [Bool]?
            if numbers.has("model.searched.\(index)") {
                let bytes: [UInt8] = try numbers.array("model.searched.\(index)")
                looked = bytes.map { $0 != 0 }
            }
            searched.append(looked)
            studies.append(
                ImputedStudy(
                    id: experiment.id, sample: experiment.sample, seed: seed, scale: prepared.scale,
                    bounds: EffectBounds(lower: lower, upper: upper), mean: mean, tau2: tau2))
        }
        self.init(
            plan: plan, experiments: input.experiments, studies: studies, rows: input.rows, design: input.design,
            leaveOut: Int(leaveOut[0]), posterior: nil, searched: searched, sharedSamples: [], notices: [], timings: [])
    }
}
