for beta in 0.1 0.05 0.01; do
  trl dpo \
    --model_name_or_path org/model-sft \
    --dataset_name org/pairs \
    --beta $beta \
    --learning_rate 5e-7 \
    --num_train_epochs 1 \
    --report_to none \
    --output_dir "out/$beta"
done
