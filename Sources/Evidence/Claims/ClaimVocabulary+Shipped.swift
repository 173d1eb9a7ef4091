/// The words that come with Cuneus. A project's `vocabulary.yaml` adds to them and replaces them by name.
///
/// Disorders follow the groups of DSM-5 and ICD-11, treatments those of handbooks of psychotherapy, regions the AAL atlas and
/// common usage. A word is a kind of another only where nobody would object to a sentence on the broader one being tested with
/// a study of the narrower one.
extension ClaimVocabulary {
    public static let shipped: [ClaimTerm] =
        disorders + treatments + modalities + outcomes + comparisons + prefrontal + limbic + posterior + networks

    private static let disorders: [ClaimTerm] = [
        .init(.disorder, "mental disorder", synonyms: ["psychiatric disorder", "mental illness", "patients"]),
        .init(.disorder, "anxiety disorder", synonyms: ["anxiety", "anxiety disorders"], broader: ["mental disorder"]),
        .init(
            .disorder, "social anxiety disorder", synonyms: ["SAD", "social anxiety", "social phobia"],
            broader: ["anxiety disorder"]),
        .init(
            .disorder, "generalized anxiety disorder",
            synonyms: ["GAD", "generalised anxiety disorder", "generalized anxiety", "generalised anxiety"],
            broader: ["anxiety disorder"]),
        .init(.disorder, "panic disorder", synonyms: ["panic", "agoraphobia"], broader: ["anxiety disorder"]),
        .init(.disorder, "specific phobia", synonyms: ["phobia"], broader: ["anxiety disorder"]),
        .init(.disorder, "spider phobia", synonyms: ["arachnophobia"], broader: ["specific phobia"]),
        .init(
            .disorder, "depression",
            synonyms: ["major depressive disorder", "MDD", "major depression", "depressive disorder", "depressed"],
            broader: ["mental disorder"]),
        .init(
            .disorder, "subthreshold depression", synonyms: ["subclinical depression"], broader: ["depression"]),
        .init(
            .disorder, "post-traumatic stress disorder",
            synonyms: ["PTSD", "posttraumatic stress disorder"], broader: ["mental disorder"]),
        .init(
            .disorder, "obsessive-compulsive disorder", synonyms: ["OCD", "obsessive compulsive"],
            broader: ["mental disorder"]),
        .init(
            .disorder, "borderline personality disorder", synonyms: ["BPD", "borderline"],
            broader: ["personality disorder"]),
        .init(.disorder, "personality disorder", broader: ["mental disorder"]),
        .init(.disorder, "schizophrenia", synonyms: ["psychosis"], broader: ["mental disorder"]),
        .init(.disorder, "bipolar disorder", synonyms: ["bipolar"], broader: ["mental disorder"]),
        .init(.disorder, "eating disorder", synonyms: ["anorexia", "bulimia"], broader: ["mental disorder"]),
        .init(.disorder, "addiction", synonyms: ["substance use disorder"], broader: ["mental disorder"]),
        .init(.disorder, "somatoform disorder", synonyms: ["somatic symptom disorder"], broader: ["mental disorder"]),
    ]

    private static let treatments: [ClaimTerm] = [
        .init(.treatment, "treatment", synonyms: ["intervention"]),
        .init(
            .treatment, "psychotherapy", synonyms: ["psychological treatment", "talking therapy", "therapy"],
            broader: ["treatment"]),
        .init(
            .treatment, "cognitive behavioural therapy",
            synonyms: [
                "CBT", "cognitive behavioral therapy", "cognitive behaviour therapy", "cognitive behavior therapy",
                "cognitive therapy",
            ], broader: ["psychotherapy"]),
        .init(
            .treatment, "internet CBT", synonyms: ["iCBT", "internet-delivered CBT"],
            broader: ["cognitive behavioural therapy"]),
        .init(.treatment, "group CBT", synonyms: ["CBGT"], broader: ["cognitive behavioural therapy"]),
        .init(
            .treatment, "trauma-focused CBT", synonyms: ["cognitive trauma therapy", "CTT-BW", "TF-CBT"],
            broader: ["cognitive behavioural therapy"]),
        .init(
            .treatment, "behaviour therapy", synonyms: ["behavior therapy", "behavioural therapy"],
            broader: ["psychotherapy"]),
        .init(
            .treatment, "exposure therapy", synonyms: ["exposure", "exposure-based", "prolonged exposure"],
            broader: ["behaviour therapy"]),
        .init(
            .treatment, "behavioural activation", synonyms: ["BATD", "behavioral activation"],
            broader: ["behaviour therapy"]),
        .init(.treatment, "dialectical behaviour therapy", synonyms: ["DBT"], broader: ["psychotherapy"]),
        .init(
            .treatment, "mindfulness training", synonyms: ["mindfulness", "MBSR", "MBCT", "meditation"],
            broader: ["psychotherapy"]),
        .init(
            .treatment, "psychodynamic therapy", synonyms: ["psychodynamic", "psychoanalysis", "psychoanalytic"],
            broader: ["psychotherapy"]),
        .init(
            .treatment, "transference-focused psychotherapy", synonyms: ["TFP", "transference focused therapy"],
            broader: ["psychodynamic therapy"]),
        .init(
            .treatment, "compassion-focused therapy", synonyms: ["CFT", "compassion therapy"],
            broader: ["psychotherapy"]),
        .init(.treatment, "acceptance and commitment therapy", synonyms: ["ACT"], broader: ["psychotherapy"]),
        .init(.treatment, "interpersonal therapy", synonyms: ["IPT"], broader: ["psychotherapy"]),
        .init(
            .treatment, "medication", synonyms: ["drug", "pharmacotherapy", "drug treatment"], broader: ["treatment"]),
        .init(
            .treatment, "antidepressants", synonyms: ["antidepressant", "SSRI", "paroxetine", "citalopram"],
            broader: ["medication"]),
        .init(.treatment, "attention training", synonyms: ["attention modification"], broader: ["treatment"]),
    ]

    private static let modalities: [ClaimTerm] = [
        .init(.modality, "brain imaging", synonyms: ["neuroimaging"]),
        .init(
            .modality, "functional imaging", synonyms: ["functional neuroimaging"], broader: ["brain imaging"],
            means: "activity"),
        .init(.modality, "fMRI", synonyms: ["functional MRI"], broader: ["functional imaging"], means: "activity"),
        .init(.modality, "PET", synonyms: ["FDG-PET", "FDG"], broader: ["functional imaging"], means: "activity"),
        .init(.modality, "SPECT", broader: ["functional imaging"], means: "activity"),
        .init(
            .modality, "ASL", synonyms: ["ASL-CBF", "arterial spin labelling"], broader: ["functional imaging"],
            means: "activity"),
        .init(
            .modality, "structural MRI", synonyms: ["structural imaging"], broader: ["brain imaging"], means: "volume"),
        .init(
            .modality, "VBM", synonyms: ["voxel-based morphometry", "VBM grey matter"], broader: ["structural MRI"],
            means: "volume"),
        .init(
            .modality, "functional connectivity", synonyms: ["rs-fMRI FC", "fMRI FC", "seed FC", "rs-fMRI seed FC"],
            broader: ["brain imaging"], means: "connectivity"),
        .init(.modality, "blood test", synonyms: ["serum", "plasma"]),
    ]

    private static let outcomes: [ClaimTerm] = [
        .init(
            .outcome, "activity",
            synonyms: [
                "activation", "brain activity", "hyperactivity", "reactivity", "metabolism", "blood flow", "response",
                "ReHo",
            ]),
        .init(
            .outcome, "volume",
            synonyms: ["size", "grey matter", "gray matter", "grey matter volume", "shrink", "shrunk", "smaller"]),
        .init(.outcome, "connectivity", synonyms: ["functional connectivity", "connection", "coupling"]),
        .init(
            .outcome, "gene expression",
            synonyms: ["expression of genes", "genes", "plasticity genes"]),
        .init(.outcome, "BDNF", synonyms: ["brain-derived neurotrophic factor"]),
        .init(.outcome, "symptoms", synonyms: ["symptom"]),
    ]

    private static let comparisons: [ClaimTerm] = [
        .init(
            .comparison, "none", synonyms: ["no comparison", "nobody", "uncontrolled", "pre-post"],
            means: "uncontrolled-change"),
        .init(
            .comparison, "waiting list",
            synonyms: ["waitlist", "waitlist control", "usual care", "treatment as usual"],
            means: "waiting-list"),
        .init(
            .comparison, "active", synonyms: ["other treatment", "active control", "placebo", "drug", "medication"],
            means: "active-treatment"),
        .init(
            .comparison, "healthy", synonyms: ["healthy rescanned", "healthy controls", "healthy people", "HC"],
            means: "healthy-people"),
        .init(
            .comparison, "correlation with improvement", synonyms: ["change with improvement"],
            means: "correlation-with-improvement"),
        .init(
            .comparison, "prediction of improvement",
            synonyms: ["baseline predicts improvement", "predictor of improvement", "prediction of response"],
            means: "baseline-predicts-improvement"),
    ]

    private static func sides(_ codes: String...) -> [String] { codes.flatMap { ["\($0)_L", "\($0)_R"] } }

    private static let prefrontal: [ClaimTerm] = [
        .init(.region, "frontal lobe", synonyms: ["frontal cortex"]),
        .init(
            .region, "prefrontal cortex", synonyms: ["PFC", "prefrontal", "prefrontal areas"],
            broader: ["frontal lobe"],
            labels: sides(
                "Frontal_Sup", "Frontal_Mid", "Frontal_Inf_Oper", "Frontal_Inf_Tri", "Frontal_Sup_Medial",
                "Frontal_Med_Orb", "Frontal_Sup_Orb", "Frontal_Mid_Orb", "Frontal_Inf_Orb")),
        .init(
            .region, "dorsolateral prefrontal cortex", synonyms: ["dlPFC", "DLPFC", "dorsolateral prefrontal"],
            broader: ["prefrontal cortex"], labels: sides("Frontal_Mid")),
        .init(
            .region, "ventrolateral prefrontal cortex", synonyms: ["vlPFC", "ventrolateral prefrontal"],
            broader: ["prefrontal cortex"], labels: sides("Frontal_Inf_Tri", "Frontal_Inf_Orb")),
        .init(
            .region, "inferior frontal gyrus", synonyms: ["IFG", "inferior frontal"], broader: ["prefrontal cortex"],
            labels: sides("Frontal_Inf_Oper", "Frontal_Inf_Tri", "Frontal_Inf_Orb")),
        .init(
            .region, "medial prefrontal cortex", synonyms: ["mPFC", "dmPFC"], broader: ["prefrontal cortex"],
            labels: sides("Frontal_Sup_Medial", "Frontal_Med_Orb")),
        .init(
            .region, "orbitofrontal cortex", synonyms: ["OFC", "orbitofrontal"], broader: ["prefrontal cortex"],
            labels: sides("Frontal_Sup_Orb", "Frontal_Mid_Orb", "Frontal_Inf_Orb", "Frontal_Med_Orb")),
        .init(
            .region, "frontopolar cortex", synonyms: ["frontal pole"], broader: ["prefrontal cortex"],
            labels: sides("Frontal_Sup_Orb", "Frontal_Med_Orb")),
    ]

    private static let limbic: [ClaimTerm] = [
        .init(
            .region, "anterior cingulate cortex",
            synonyms: ["ACC", "anterior cingulate", "paracingulate", "anterior cingulate gyrus"],
            labels: sides("Cingulum_Ant")),
        .init(
            .region, "dorsal ACC", synonyms: ["dACC", "dorsal anterior cingulate"],
            broader: ["anterior cingulate cortex"]),
        .init(
            .region, "subgenual ACC", synonyms: ["sgACC", "subgenual anterior cingulate", "subgenual cingulate"],
            broader: ["anterior cingulate cortex"]),
        .init(
            .region, "pregenual ACC", synonyms: ["pgACC", "rostral ACC", "rACC"], broader: ["anterior cingulate cortex"]
        ),
        .init(.region, "amygdala", synonyms: ["amygdalae", "amygdaloid complex"], labels: sides("Amygdala")),
        .init(.region, "hippocampus", synonyms: ["hippocampal"], labels: sides("Hippocampus")),
        .init(.region, "parahippocampal gyrus", synonyms: ["parahippocampal"], labels: sides("ParaHippocampal")),
        .init(.region, "insula", synonyms: ["insular cortex", "insular"], labels: sides("Insula")),
        .init(.region, "anterior insula", synonyms: ["aINS"], broader: ["insula"]),
        .init(.region, "striatum", labels: sides("Caudate", "Putamen")),
        .init(.region, "ventral striatum", synonyms: ["nucleus accumbens"], broader: ["striatum"]),
        .init(.region, "thalamus", labels: sides("Thalamus")),
    ]

    private static let posterior: [ClaimTerm] = [
        .init(.region, "cuneus", labels: sides("Cuneus")),
        .init(.region, "precuneus", labels: sides("Precuneus")),
        .init(
            .region, "posterior cingulate cortex", synonyms: ["PCC", "posterior cingulate"],
            labels: sides("Cingulum_Post")
        ),
        .init(.region, "supplementary motor area", synonyms: ["SMA"], labels: sides("Supp_Motor_Area")),
        .init(.region, "inferior parietal lobule", synonyms: ["IPL"], labels: sides("Parietal_Inf")),
        .init(.region, "fusiform gyrus", synonyms: ["fusiform"], labels: sides("Fusiform")),
    ]

    private static let networks: [ClaimTerm] = [
        .init(.region, "default mode network", synonyms: ["DMN", "default network"]),
        .init(.region, "salience network"),
        .init(.region, "executive control network", synonyms: ["central executive network", "frontoparietal network"]),
    ]
}
