/// Times the stages of a run.
struct StageClock {
    private var last = ContinuousClock.now
    private(set) var laps: [ModelResult.Timing] = []

    mutating func lap(_ stage: String) {
        let now = ContinuousClock.now
        let (seconds, attoseconds) = (now - last).components
        laps.append(ModelResult.Timing(stage: stage, seconds: Double(seconds) + Double(attoseconds) * 1e-18))
        last = now
    }
}
